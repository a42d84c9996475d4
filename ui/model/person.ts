import type { UserResource } from '../../server/protocol/resources/user.ts';
import { isDeleted } from './model.ts';

/** What users say of themselves. Servers from before profiles send none of it, and rows that older builds stored lack it too. */
export interface UserProfile {
  readonly displayName: string | null;
  readonly about: string | null;
  /** The version of their picture; null if there is none. */
  readonly avatar: string | null;
}

const NONE: UserProfile = { displayName: null, about: null, avatar: null };

type WireProfile = Partial<Record<'display_name' | 'about' | 'avatar', string | null>>;

export const profileOf = (user: UserResource): UserProfile => {
  if (isDeleted(user)) return NONE;
  const { display_name: displayName = null, about = null, avatar = null } = user as WireProfile;
  return { displayName, about, avatar };
};

/** The same user with the profile of `newer`. Returns `user` itself if that makes no difference. */
export const withProfileOf = <U extends UserResource>(user: U, newer: UserResource): U => {
  const [held, { displayName, about, avatar }] = [profileOf(user), profileOf(newer)];
  if (held.displayName === displayName && held.about === about && held.avatar === avatar) return user;
  return { ...user, display_name: displayName, about, avatar };
};

/** The name that a user is shown under: the one they have chosen, or their username. */
export const shownName = (user: UserResource): string => profileOf(user).displayName ?? user.username;

/** Letters that are written from right to left, or signs that take their direction from what is around them, may turn the order of a
 *  sentence. */
const PLAIN = /^[\p{ASCII}\p{Script=Latin}]*$/u;

/** A name inside a sentence, where no element keeps their directions apart: between an isolate and its end. */
export const isolated = (name: string): string => (PLAIN.test(name) ? name : `\u2068${name}\u2069`);
