import type { Places } from '../../actors/session-parts.ts';
import { pairOf } from '../../actors/refs.ts';
import type { MessagePlace, Pair, Queries } from '../../storage/store.ts';
import type { SentMessage } from '../../protocol/encode.ts';

const MESSAGES_MAX = 8192;
const PAIRS_MAX = 16_384;

/** A map that forgets its oldest entry past a limit. */
const remember = <V>(map: Map<string, V>, limit: number, key: string, value: V): void => {
  if (map.size >= limit) {
    const oldest = map.keys().next();
    if (oldest.done !== true) map.delete(oldest.value);
  }
  map.set(key, value);
};

/** Where lately sent messages and lately used conversations are, so that a receipt costs no read; the rest is asked of
 *  the store. Neither ever changes once it exists. */
export class RecentPlaces implements Places {
  readonly #queries: Pick<Queries, 'pair' | 'messagePlace'>;
  readonly #messages = new Map<string, MessagePlace>();
  readonly #pairs = new Map<string, Pair>();

  constructor(queries: Pick<Queries, 'pair' | 'messagePlace'>) {
    this.#queries = queries;
  }

  remember(message: SentMessage): void {
    const { messageId, conversationId, seq, senderId, recipientId } = message;
    remember(this.#messages, MESSAGES_MAX, messageId, {
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
      if (pair !== null) remember(this.#pairs, PAIRS_MAX, conversationId, pair);
    }
    return pair !== null && isOf(pair, userId) ? pair : null;
  }

  message(userId: string, messageId: string): MessagePlace | null {
    const place = this.#messages.get(messageId) ?? this.#queries.messagePlace(messageId);
    return place !== null && isOf(place.pair, userId) ? place : null;
  }
}

const isOf = (pair: Pair, userId: string): boolean => pair.low === userId || pair.high === userId;
