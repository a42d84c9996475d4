import { systemClock } from '../../server/runtime/clock.ts';
import { StoreWriter } from '../../server/storage/sqlite/open-writer.ts';
import { migrate } from '../../server/storage/sqlite/migrate.ts';
import { type Db, openReadWrite } from '../../server/storage/sqlite/open.ts';
import type { Pair } from '../../server/storage/pair.ts';
import type { WriteMessage } from '../../server/storage/writes.ts';
import type { RandomSource } from '../support/random-source.ts';
import { SequenceIds } from '../support/sequence-ids.ts';

/** The store as the writer thread opens it, with its connection in reach: what a test does to that is in no program. */
export const openStore = (dataDir: string): { db: Db; store: StoreWriter } => {
  const db = openReadWrite(dataDir);
  migrate(db);
  return { db, store: new StoreWriter(db, { clock: systemClock }) };
};

const SIZES = [20, 200, 2_000] as const;

/** Two people and what they write, in batches as the writer meets them. */
export class Talk {
  readonly pair: Pair;
  readonly #ids = new SequenceIds();
  readonly #random: RandomSource;

  constructor(random: RandomSource) {
    this.#random = random;
    this.pair = { first: this.#ids.next(), second: this.#ids.next() };
  }

  people(): readonly WriteMessage[] {
    return [this.pair.first, this.pair.second].map((id, i): WriteMessage => ({
      type: 'registerUser',
      input: {
        id,
        username: `person.${String(i)}`,
        passwordHash: 'hash',
        session: {
          id: this.#ids.next(),
          refreshHash: Buffer.from(id),
          ttlMs: 86_400_000,
          ipAddress: '192.0.2.1',
          userAgent: 'test',
        },
        inviteHash: null,
        signups: null,
      },
    }));
  }

  /** One to eight messages, and now and then a receipt. */
  batch(conversationId: string | null, lastSeq: number): readonly WriteMessage[] {
    const random = this.#random;
    const writes: WriteMessage[] = [];
    for (let n = random.between(1, 8); n > 0; n -= 1)
      writes.push({
        type: 'appendMessage',
        input: {
          messageId: this.#ids.next(),
          pair: this.pair,
          senderId: random.chance(0.5) ? this.pair.first : this.pair.second,
          newConversationId: this.#ids.next(),
          content: 'x'.repeat(random.between(1, random.pick(SIZES))),
        },
      });
    if (conversationId !== null && random.chance(0.3))
      writes.push({
        type: 'advancePosition',
        input: {
          conversationId,
          pair: this.pair,
          userId: random.chance(0.5) ? this.pair.first : this.pair.second,
          seq: random.between(1, lastSeq),
          status: random.pick(['delivered', 'read'] as const),
        },
      });
    return writes;
  }
}

/** The ids of a batch's messages, in the order of their places, when all of them were stored. */
export const appendedIds = (batch: readonly WriteMessage[]): readonly string[] =>
  batch.flatMap((write) => (write.type === 'appendMessage' ? [write.input.messageId] : []));
