import { refOf } from '../../runtime/address.ts';
import type { Pair } from '../../storage/pair.ts';

export interface ConversationMessage {
  readonly type: 'typing';
  readonly userId: string;
  readonly conversationId: string;
  readonly typing: boolean;
}

/** The actor of one pair of users. */
export const conversation = (pair: Pair) =>
  refOf<ConversationMessage>('conversation', `${pair.first}+${pair.second}`);
