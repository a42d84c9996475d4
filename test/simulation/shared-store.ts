import { ParleyError } from '../../server/protocol/errors.ts';
import type { WriteOutcome } from '../../server/storage/outcome.ts';
import { UNAVAILABLE } from '../../server/storage/outcome.ts';
import {
  isBatched,
  usersConcerned,
  type BatchedWrite,
} from '../../server/storage/postgres/batch/batched-write.ts';
import { Unannounced } from '../../server/storage/postgres/unannounced.ts';
import type { AccountWriteMessage } from '../../server/storage/postgres/writes/account-write.ts';
import { keysOf } from '../../server/storage/postgres/writes/write-keys.ts';
import type { Queries, Reads } from '../../server/storage/reads.ts';
import type { BatchStore } from '../../server/storage/write-queue.ts';
import type { WriteMessage, WriteName } from '../../server/storage/writes.ts';
import type { Clock } from '../../server/runtime/clock.ts';
import type { Life } from './scheduler.ts';
import type { SimHost } from './sim-host.ts';
import type { SimStore, SimWriter } from './store.ts';
import type { World } from './world.ts';

const CANNOT_ASK_MS = 2_000;
/** More than anybody's log has here. */
const LOG_MAX = 10_000;

type AnyQuery = (...args: readonly unknown[]) => unknown;

/** What the store answers, and it is asked by several hosts: whose presence has changed since, and who has blocked whom. The one of SQLite
 *  has no need to know. */
export const sharedReads = (store: SimStore, world: Pick<World, 'people'>): Reads => ({
  ...store.reads,
  presenceChangedSince: (at, { after, limit }) =>
    store.reads
      .presenceOf(world.people.map(({ id }) => id))
      .filter(({ userId, lastSeen }) => lastSeen !== null && lastSeen >= at && userId > (after ?? ''))
      .map(({ userId }) => userId)
      .sort()
      .slice(0, limit),
  blocksChangedSince: (at, { after, limit }) => {
    const changes = world.people
      .flatMap(({ id }) => blockChanges(store, id))
      .filter((each) => each.at >= at)
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const from = changes.findIndex(({ key }) => key > (after ?? ''));
    const page = from < 0 ? [] : changes.slice(from, from + limit);
    return {
      pairs: page.map(({ pair }) => pair),
      next: page.length < limit ? null : (page.at(-1)?.key ?? null),
    };
  },
});

/** Whom somebody has blocked or unblocked, as their log says. */
const blockChanges = (store: SimStore, userId: string) =>
  store.reads.eventsAfter(userId, 0, LOG_MAX).events.flatMap((event) => {
    if (event.type !== 'user' || !['blocked', 'unblocked'].includes(event.payload.change)) return [];
    const key = `${userId}:${String(event.cursor).padStart(6, '0')}`;
    return [{ key, at: event.at, pair: [userId, event.payload.user.id] as const }];
  });

/** The queries of one thread, which the store behind a network answers: at some moment, and that arrives at a later one. */
export const remoteQueries = (world: World, host: SimHost, life: Life): Queries => {
  const { scheduler, reads } = world;
  const ask =
    (query: AnyQuery) =>
    (...args: readonly unknown[]): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const later = (then: () => void, ms = world.hop()): void => {
          scheduler.after(ms, then, life);
        };
        const fail = (): void => {
          later(() => {
            reject(new ParleyError('unavailable', 'The store cannot be read now.'));
          }, scheduler.random.next() * CANNOT_ASK_MS);
        };
        later(() => {
          if (host.isCutFromStore) {
            fail();
            return;
          }
          const answer = query(...args);
          later(() => {
            if (host.isCutFromStore) fail();
            else resolve(answer);
          });
        });
      });
  const entries = Object.entries(reads as unknown as Record<string, AnyQuery>);
  return Object.fromEntries(entries.map(([name, query]) => [name, ask(query)])) as unknown as Queries;
};

interface SharedStoreDeps {
  readonly world: World;
  readonly host: SimHost;
  /** Of the writer's thread. */
  readonly life: Life;
  readonly clock: Clock;
  readonly store: SimWriter;
  /** See `PostgresWriter`. */
  readonly onUnannounced: (userIds: readonly string[] | 'all') => void;
}

/** The store as the writer of one host reaches it: behind a network, where a commit takes time and its answer may be lost. A
 *  transaction that has reached the store is committed there, whatever becomes of the host. */
export class SharedStore implements BatchStore {
  readonly #deps: SharedStoreDeps;
  readonly #unannounced: Unannounced;

  constructor(deps: SharedStoreDeps) {
    this.#deps = deps;
    this.#unannounced = new Unannounced(deps.clock, deps.onUnannounced);
  }

  /** As that of `PostgresWriter`. */
  readonly laneOf = (type: WriteName): string => {
    if (type === 'heartbeat') return 'heartbeat';
    return isBatched(type) ? 'messages' : 'accounts';
  };

  async commit(batch: readonly WriteMessage[]): Promise<readonly WriteOutcome[]> {
    const outcomes = await this.#commit(batch);
    const unsure = batch.filter((_, at) => outcomes[at]?.ok === false && isUnsure(outcomes[at]));
    if (unsure.length > 0) {
      const batched = unsure.filter(({ type }) => isBatched(type));
      this.#unannounced.add(usersConcerned(batched as readonly BatchedWrite[]));
      if (batched.length < unsure.length) this.#unannounced.addAll();
    }
    if (outcomes.some(({ ok }) => ok)) this.#unannounced.tell();
    return outcomes;
  }

  #commit(batch: readonly WriteMessage[]): Promise<readonly WriteOutcome[]> {
    const { world, host, life, store } = this.#deps;
    const { scheduler, random, plan } = world;
    return new Promise((resolve) => {
      const answer = (outcomes: readonly WriteOutcome[], ms: number): void => {
        scheduler.after(
          ms,
          () => {
            resolve(outcomes);
          },
          life,
        );
      };
      const failed = (isUnsure: boolean): void => {
        const outcome = {
          ok: false,
          fault: UNAVAILABLE,
          ...(isUnsure && { unsure: true as const }),
        } as const;
        answer(
          batch.map(() => outcome),
          random.next() * CANNOT_ASK_MS,
        );
      };
      const land = (): void => {
        // What a host that is gone or stands still has not sent to the end is undone.
        const isGone = !life.alive || life.process?.isFrozen === true;
        if (host.isCutFromStore || (isGone && random.chance(0.5))) {
          failed(random.chance(0.5));
          return;
        }
        const outcomes = store.commit(batch);
        const lost = !world.calm && random.chance(plan.cluster?.answersLost ?? 0);
        scheduler.after(
          world.hop(),
          () => {
            if (lost || host.isCutFromStore) failed(true);
            else resolve(outcomes);
          },
          life,
        );
      };
      world.transactions.send({ life, users: usersOf(batch), land }, world.hop());
    });
  }
}

/** The keys of the users whose rows the transaction of a batch locks. */
const usersOf = (batch: readonly WriteMessage[]): ReadonlySet<string> =>
  new Set(
    batch.flatMap((write) =>
      isBatched(write.type)
        ? [...usersConcerned([write as BatchedWrite])].map((userId) => `user ${userId}`)
        : keysOf(write as AccountWriteMessage).filter((key) => key.startsWith('user ')),
    ),
  );

const isUnsure = (outcome: WriteOutcome): boolean => !outcome.ok && outcome.unsure === true;
