/** What the rules know of a user; `name` is null for a deleted user. `row`: the number by which tables refer to them. */
export interface KnownUser {
  readonly row: number;
  readonly id: string;
  readonly name: string | null;
}

/** A user who is not deleted. */
export type LivingUser = KnownUser & { readonly name: string };

export const isLiving = (user: KnownUser | null): user is LivingUser => user !== null && user.name !== null;
