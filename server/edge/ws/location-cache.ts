import type { MaybePromise } from '../../runtime/maybe-promise.ts';
import type { MessageLocations } from '../../actors/connection/open-connection.ts';
import { pairOf } from '../../storage/pair.ts';
import type { Pair } from '../../storage/pair.ts';
import type { MessageLocation, Queries } from '../../storage/reads.ts';
import type { SentMessage } from '../../protocol/messages/message.ts';
import { RecentMap } from '../../runtime/recent-map.ts';

const MESSAGES = 4096;
const PAIRS = 8192;

/** The locations of recent messages and conversations, so that a receipt costs no read and no turn; others are looked up in the store.
 *  A location never changes. */
export class LocationCache implements MessageLocations {
  readonly #queries: Pick<Queries, 'pair' | 'messageLocation'>;
  readonly #messages = new RecentMap<string, MessageLocation>(MESSAGES);
  readonly #pairs = new RecentMap<string, Pair>(PAIRS);

  constructor(queries: Pick<Queries, 'pair' | 'messageLocation'>) {
    this.#queries = queries;
  }

  remember(message: SentMessage): void {
    const { messageId, conversationId, seq, senderId, recipientId } = message;
    this.#messages.set(messageId, {
      conversationId,
      pair: pairOf(senderId, recipientId),
      seq,
      senderId,
    });
  }

  pair(userId: string, conversationId: string): MaybePromise<Pair | null> {
    const known = this.#pairs.get(conversationId);
    if (known !== undefined) return isOf(known, userId) ? known : null;
    return this.#queries.pair(conversationId).then((pair) => {
      if (pair !== null) this.#pairs.set(conversationId, pair);
      return pair !== null && isOf(pair, userId) ? pair : null;
    });
  }

  message(userId: string, messageId: string): MaybePromise<MessageLocation | null> {
    const known = this.#messages.get(messageId);
    if (known !== undefined) return isOf(known.pair, userId) ? known : null;
    return this.#queries
      .messageLocation(messageId)
      .then((place) => (place !== null && isOf(place.pair, userId) ? place : null));
  }
}

const isOf = (pair: Pair, userId: string): boolean => pair.first === userId || pair.second === userId;
