import type { MessageLocations } from '../../actors/session-deps.ts';
import { pairOf } from '../../actors/refs.ts';
import type { MessageLocation, Pair, Queries } from '../../storage/store.ts';
import type { SentMessage } from '../../protocol/encode.ts';
import { RecentMap } from '../../runtime/recent-map.ts';

const MESSAGES = 4096;
const PAIRS = 8192;

/** Where lately sent messages and lately used conversations are, so that a receipt costs no read; the rest is asked of
 *  the store. Neither ever changes once it exists. */
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

  pair(userId: string, conversationId: string): Pair | null {
    let pair = this.#pairs.get(conversationId) ?? null;
    if (pair === null) {
      pair = this.#queries.pair(conversationId);
      if (pair !== null) this.#pairs.set(conversationId, pair);
    }
    return pair !== null && isOf(pair, userId) ? pair : null;
  }

  message(userId: string, messageId: string): MessageLocation | null {
    const place = this.#messages.get(messageId) ?? this.#queries.messageLocation(messageId);
    return place !== null && isOf(place.pair, userId) ? place : null;
  }
}

const isOf = (pair: Pair, userId: string): boolean => pair.first === userId || pair.second === userId;
