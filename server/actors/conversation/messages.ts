import { refOf } from '../../runtime/address.ts';
import type { Pair } from '../../storage/pair.ts';

export type ConversationMessage =
  /** `readerId` has received (or read) the messages of the other user up to `seq`. */
  | {
      readonly type: 'mark';
      readonly readerId: string;
      readonly conversationId: string;
      readonly seq: number;
      readonly status: 'delivered' | 'read';
    }
  | {
      readonly type: 'typing';
      readonly userId: string;
      readonly conversationId: string;
      readonly typing: boolean;
    };

/** The actor of one pair of users. */
export const conversation = (pair: Pair) =>
  refOf<ConversationMessage>('conversation', `${pair.first}+${pair.second}`);
