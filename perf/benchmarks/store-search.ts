import { systemClock } from '../../server/runtime/clock.ts';
import type { MaybePromise } from '../../server/runtime/maybe-promise.ts';
import { BatchCommit } from '../../server/storage/postgres/batch/batch-commit.ts';
import type { BatchedWrite } from '../../server/storage/postgres/batch/batched-write.ts';
import { openDatabase } from '../../server/storage/postgres/database.ts';
import { openPostgresQueries } from '../../server/storage/postgres/queries.ts';
import { indexSome } from '../../server/storage/postgres/search/indexer.ts';
import { openWriter } from '../../server/storage/sqlite/open-writer.ts';
import { openReads } from '../../server/storage/sqlite/queries.ts';
import { connectionOf } from '../../server/storage/stores/location.ts';
import type { WriteMessage } from '../../server/storage/writes.ts';
import { Corpus } from '../corpus/corpus.ts';
import { SEARCHES, VIEWERS } from '../corpus/searches.ts';
import { quantile } from '../report/statistics.ts';
import { moveTo, type PostgresHost } from '../servers/postgres.ts';
import { commitAll } from '../servers/seed.ts';
import { inFolder } from '../servers/server.ts';
import type { MeasuredStore } from './store-writers.ts';

const CHARACTERS = 40;
const PAGE = 50;
/** Committed before each search. */
const WRITTEN = 20;

/** The parts of a store that a search concerns, in this process. */
interface SearchedStore {
  commit(batch: readonly WriteMessage[]): MaybePromise<unknown>;
  /** One step of the index; whether there was something to do. */
  indexSome(): MaybePromise<boolean>;
  /** How many messages were found. */
  search(viewer: string, q: string): MaybePromise<number>;
}

export interface SearchSample {
  readonly kind: string;
  /** Milliseconds of each search. */
  readonly ms: readonly number[];
  /** Mean milliseconds of CPU: of this process, and of PostgreSQL, writing before each search included. */
  readonly ownMs: number;
  readonly databaseMs: number;
}

/** Searches of each kind right after a commit, by one who wrote a quarter of all messages and by others. */
const sampleAll = async (
  store: SearchedStore,
  corpus: Corpus,
  each: number,
  databaseUs: () => number,
): Promise<readonly SearchSample[]> => {
  const samples: SearchSample[] = [];
  for (const [name, q] of SEARCHES)
    for (const viewer of VIEWERS) {
      const ms: number[] = [];
      const [before, cpu] = [databaseUs(), process.cpuUsage()];
      for (let n = 0; n < each; n += 1) {
        await store.commit(corpus.messages(WRITTEN));
        await store.indexSome();
        const started = performance.now();
        await store.search(corpus[viewer], q(corpus));
        ms.push(performance.now() - started);
      }
      const { user, system } = process.cpuUsage(cpu);
      const [ownMs, databaseMs] = [user + system, databaseUs() - before].map((us) => us / 1000 / each) as [
        number,
        number,
      ];
      samples.push({ kind: `${name}, ${viewer}`, ms, ownMs, databaseMs });
    }
  return samples;
};

const seeded = (dir: string, total: number): Corpus => {
  const corpus = new Corpus(CHARACTERS);
  const writer = openWriter(dir);
  corpus.enrol(writer);
  corpus.say(writer, total);
  writer.close();
  return corpus;
};

const onSqlite = async (dir: string, use: (store: SearchedStore) => Promise<readonly SearchSample[]>) => {
  const writer = openWriter(dir);
  const reads = openReads(dir);
  try {
    return await use({
      commit: (batch) => {
        commitAll(writer, batch);
      },
      indexSome: () => writer.indexSome(),
      search: (viewer, q) => reads.search(viewer, q, { limit: PAGE }).messages.length,
    });
  } finally {
    reads.close();
    writer.close();
  }
};

const onPostgres = async (url: string, use: (store: SearchedStore) => Promise<readonly SearchSample[]>) => {
  const connection = connectionOf(url, 'the URL');
  const open = (purpose: 'write' | 'read' | 'background', connections: number) =>
    openDatabase({ connection, purpose, connections, clock: systemClock });
  const [writing, reading, background] = [open('write', 1), open('read', 4), open('background', 1)];
  const batches = new BatchCommit(writing, { clock: systemClock });
  const queries = openPostgresQueries(reading, systemClock);
  try {
    while (await indexSome(background));
    return await use({
      commit: (batch) => batches.commit(batch as readonly BatchedWrite[]),
      indexSome: () => indexSome(background),
      search: async (viewer, q) => (await queries.search(viewer, q, { limit: PAGE })).messages.length,
    });
  } finally {
    await Promise.all([writing, reading, background].map((database) => database.close()));
  }
};

/** Searches among `total` messages that are indexed, while messages are written, by the code of the store alone. */
export const searchSamples = (
  store: MeasuredStore,
  total: number,
  each: number,
  host: PostgresHost,
): Promise<readonly SearchSample[]> =>
  inFolder(async (dir) => {
    const corpus = seeded(dir, total);
    const use = (on: SearchedStore) =>
      sampleAll(on, corpus, each, () => (store === 'sqlite' ? 0 : host.cpuUs()));
    if (store === 'sqlite') return await onSqlite(dir, use);
    return await host.withDatabase(async (url) => {
      moveTo(url, dir);
      return await onPostgres(url, use);
    });
  });

/** 99 of 100 searches take no longer. */
export const p99Of = (samples: readonly SearchSample[]): number =>
  quantile(
    samples.flatMap(({ ms }) => ms),
    0.99,
  );
