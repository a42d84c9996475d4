import type { Pair } from './pair.ts';

/** One of the two blocks the other: whoever asked (`sender`), or the other one (`recipient`) [B2]. */
export interface Blocked {
  readonly kind: 'blocked';
  readonly by: 'sender' | 'recipient';
}

/** The writes of one side of a conversation, and of blocks. */
export interface ConversationWrites {
  /** Opens a conversation, or lists it again for a user who had deleted it. Whoever blocks the other one gets one that is listed. */
  openConversation: {
    in: { userId: string; peerId: string; newConversationId: string };
    out:
      | { kind: 'created' | 'existed'; conversationId: string }
      | { kind: 'not-found' }
      | { kind: 'peer-deleted' }
      | Blocked;
  };
  /** Hides and empties a conversation for one user, and resets what they have set for it [C4] [C13]. `pair`: the two users of the
   *  conversation. */
  hideConversation: {
    in: { userId: string; conversationId: string; pair: Pair };
    out: { kind: 'hidden' } | { kind: 'not-found' };
  };
  /** Changes what a user has set for a conversation; what is not given stays. `mutedUntil`: null for one that is not muted. `unchanged`: it
   *  is so already, and nobody is told [C10]. `pair`: the two users of the conversation. */
  changeSettings: {
    in: {
      userId: string;
      conversationId: string;
      pair: Pair;
      pinned?: boolean;
      archived?: boolean;
      mutedUntil?: number | null;
    };
    out: { kind: 'changed' | 'unchanged' } | { kind: 'not-found' };
  };
  /** Makes a user block another one, or no longer block them [B1]. `isSeen`: the other one may see the presence of the user but for the
   *  block. `unchanged`: it is so already. `peer-deleted`: only who has an account can be blocked. `too-many`: the user blocks
   *  `BLOCKS_MAX` others. */
  setBlock: {
    in: { userId: string; peerId: string; blocked: boolean };
    out:
      | { kind: 'changed'; isSeen: boolean }
      | { kind: 'unchanged' | 'peer-deleted' | 'too-many' }
      | { kind: 'not-found' };
  };
}
