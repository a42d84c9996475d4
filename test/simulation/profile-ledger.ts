import type { Writes } from '../../server/storage/writes.ts';

type ChangeProfile = Writes['changeProfile']['in'];
type ChangeOutcome = Writes['changeProfile']['out']['kind'];

export interface LedgerProfile {
  readonly display_name: string | null;
  readonly about: string | null;
}
const NO_PROFILE: LedgerProfile = { display_name: null, about: null };

export interface ProfilesCopy {
  readonly profiles: readonly (readonly [string, readonly LedgerProfile[]])[];
  readonly owed: readonly (readonly [string, Set<string>])[];
}

/** What was committed of profiles, and who has still to be told. */
export class ProfileLedger {
  /** By user: each profile that they have had, in order. */
  readonly #profiles = new Map<string, readonly LedgerProfile[]>();
  /** By user: whose logs have not got the event of the last change. */
  readonly #owed = new Map<string, Set<string>>();
  readonly #broken: (rule: string, what: string) => void;

  constructor(broken: (rule: string, what: string) => void) {
    this.#broken = broken;
  }

  copy(): ProfilesCopy {
    return {
      profiles: [...this.#profiles],
      owed: [...this.#owed].map(([id, users]) => [id, new Set(users)]),
    };
  }

  putBack({ profiles, owed }: ProfilesCopy): void {
    this.#profiles.clear();
    for (const [id, had] of profiles) this.#profiles.set(id, had);
    this.#owed.clear();
    for (const [id, users] of owed) this.#owed.set(id, new Set(users));
  }

  of(userId: string): LedgerProfile {
    return this.#profiles.get(userId)?.at(-1) ?? NO_PROFILE;
  }

  /** Whether a user has, or had, this profile. */
  hasHad(userId: string, { display_name, about }: LedgerProfile): boolean {
    return (this.#profiles.get(userId) ?? []).some(
      (each) => each.display_name === display_name && each.about === about,
    );
  }

  /** Who has not been told of the last change of a user. */
  owedBy(userId: string): readonly string[] {
    return [...(this.#owed.get(userId) ?? [])];
  }

  /** U3: what is so already is told to nobody; otherwise the user is owed the news, and whoever they share a conversation with. */
  changed(
    { userId, displayName, about }: ChangeProfile,
    kind: ChangeOutcome,
    { isDeleted, partners }: { readonly isDeleted: boolean; readonly partners: readonly string[] },
  ): void {
    if (isDeleted !== (kind === 'not-found'))
      this.#broken('U5', `the profile of ${userId} was changed after a deletion, or was not found`);
    if (kind === 'not-found') return;
    const before = this.of(userId);
    const next = {
      display_name: displayName === undefined ? before.display_name : displayName,
      about: about === undefined ? before.about : about,
    };
    const isSame = next.display_name === before.display_name && next.about === before.about;
    if (isSame !== (kind === 'unchanged')) this.#broken('U3', `the change of ${userId} is ${kind}`);
    if (isSame) return;
    this.#profiles.set(userId, [...(this.#profiles.get(userId) ?? []), next]);
    this.#owed.set(userId, new Set([userId, ...partners]));
  }

  /** U3: an event in the log of `userId` tells the profile of `about` as it is. */
  told(userId: string, about: string, { display_name, about: text }: LedgerProfile): void {
    const now = this.of(about);
    if (display_name !== now.display_name || text !== now.about)
      this.#broken('U3', `${userId} is told another profile of ${about}`);
    this.#owed.get(about)?.delete(userId);
  }
}
