import { systemClock } from '../../server/runtime/clock.ts';
import { openLog } from '../../server/runtime/log/log.ts';
import { connectionOf, type StoreLocation } from '../../server/storage/stores/location.ts';
import { openStoreWriter, type OpenStoreWriter } from '../../server/storage/stores/open-writer.ts';
import { openWriter } from '../../server/storage/sqlite/open-writer.ts';
import { Corpus } from '../corpus/corpus.ts';
import { median, quantile } from '../report/statistics.ts';
import { moveTo, type PostgresHost } from '../servers/postgres.ts';
import { inFolder } from '../servers/server.ts';

const CHARACTERS = 200;
const SESSION_MS = 86_400_000;
/** Messages of one measurement; V8 has compiled what it runs after the first. */
const messagesFor = (inFlight: number): number => (inFlight === 1 ? 3_000 : 30_000);
const WARM_UP = 10_000;

export type MeasuredStore = 'sqlite' | 'postgres';

export interface WriterSample {
  readonly perSecond: number;
  /** Microseconds of CPU for each message: of this process, and of PostgreSQL. */
  readonly ownUs: number;
  readonly databaseUs: number;
  /** Milliseconds of a commit, the median. */
  readonly p50: number;
}

const open = (location: StoreLocation): Promise<OpenStoreWriter> =>
  openStoreWriter(location, {
    clock: systemClock,
    resetPresence: false,
    sessionTtlMs: SESSION_MS,
    onCommit: () => undefined,
    onCount: () => undefined,
    onUnannounced: () => undefined,
    log: openLog('error', 'perf'),
  });

interface Commits {
  readonly messages: number;
  readonly seconds: number;
  /** Microseconds of CPU of this process. */
  readonly cpuUs: number;
  /** Milliseconds of each commit. */
  readonly took: readonly number[];
}

/** Commits messages in batches of as many as are in flight. They are made before, so that only the store is measured. */
const commitMessages = async (
  writer: OpenStoreWriter,
  corpus: Corpus,
  { count, inFlight }: { readonly count: number; readonly inFlight: number },
): Promise<Commits> => {
  const batches = Array.from({ length: Math.ceil(count / inFlight) }, () => corpus.messages(inFlight));
  const took: number[] = [];
  const [cpu, started] = [process.cpuUsage(), performance.now()];
  for (const batch of batches) {
    const begun = performance.now();
    const outcomes = await writer.commit(batch);
    took.push(performance.now() - begun);
    if (!outcomes.every((outcome) => outcome.ok)) throw new Error('a message was not committed');
  }
  const { user, system } = process.cpuUsage(cpu);
  return {
    messages: batches.length * inFlight,
    seconds: (performance.now() - started) / 1000,
    cpuUs: user + system,
    took,
  };
};

const sample = async (
  location: StoreLocation,
  corpus: Corpus,
  inFlight: number,
  host: PostgresHost,
): Promise<WriterSample> => {
  const writer = await open(location);
  try {
    await commitMessages(writer, corpus, { count: WARM_UP, inFlight: 100 });
    const before = host.cpuUs();
    const { messages, seconds, cpuUs, took } = await commitMessages(writer, corpus, {
      count: messagesFor(inFlight),
      inFlight,
    });
    return {
      perSecond: messages / seconds,
      ownUs: cpuUs / messages,
      databaseUs: location.kind === 'sqlite' ? 0 : (host.cpuUs() - before) / messages,
      p50: quantile(took, 0.5),
    };
  } finally {
    await writer.close();
  }
};

/** The writing side of a store by itself: no actors, no sockets, nothing in the background. */
export const writerSample = (
  store: MeasuredStore,
  inFlight: number,
  host: PostgresHost,
): Promise<WriterSample> =>
  inFolder(async (dir) => {
    const corpus = new Corpus(CHARACTERS);
    const seed = openWriter(dir);
    corpus.enrol(seed);
    seed.close();
    if (store === 'sqlite') return await sample({ kind: 'sqlite', dataDir: dir }, corpus, inFlight, host);
    return await host.withDatabase(async (url) => {
      moveTo(url, dir);
      const connection = connectionOf(url, 'the URL');
      return await sample(
        { kind: 'postgres', connection, pool: 1, clockOffsetMs: 0 },
        corpus,
        inFlight,
        host,
      );
    });
  });

/** The median of each figure. */
export const medianOf = (samples: readonly WriterSample[]): WriterSample => ({
  perSecond: median(samples.map(({ perSecond }) => perSecond)),
  ownUs: median(samples.map(({ ownUs: us }) => us)),
  databaseUs: median(samples.map(({ databaseUs }) => databaseUs)),
  p50: median(samples.map(({ p50 }) => p50)),
});
