import type { AvatarType } from '../protocol/avatar-type.ts';

/** An image, and its version: the first 16 hexadecimal digits of the SHA-256 of its bytes. */
export interface Avatar {
  readonly type: AvatarType;
  readonly version: string;
  readonly bytes: Uint8Array;
}

type ProfileChanged =
  { kind: 'changed'; left: 'none' | 'telling' } | { kind: 'unchanged' } | { kind: 'not-found' };

/** The writes that change what users have chosen to show. */
export interface ProfileWrites {
  /** Changes the profile of a user; what is not given stays. The user's own log gets an event, and so does that of each partner, with
   *  whom they share a conversation: those of the first partners in the same transaction. `left`: whether `continueSteps` has to tell
   *  others [U3]. `unchanged`: it is so already, and nobody is told. `name-refused`: it reads like that of deleted users [U1]. */
  changeProfile: {
    in: { userId: string; displayName?: string | null; about?: string | null };
    out: ProfileChanged | { kind: 'name-refused' };
  };
  /** Sets or removes (null) the avatar of a user. Otherwise as `changeProfile` [U6]. */
  setAvatar: { in: { userId: string; avatar: Avatar | null }; out: ProfileChanged };
}
