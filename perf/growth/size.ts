import { openWriter, type StoreWriter } from '../../server/storage/sqlite/open-writer.ts';
import { openReads, type OpenReads } from '../../server/storage/sqlite/queries.ts';
import { COMMIT, Corpus } from '../corpus/corpus.ts';
import type { Benchmark } from '../benchmarks/benchmark.ts';
import type { Findings } from '../report/model.ts';
import { folderBytes } from '../machine/disk.ts';
import { cpuOf, timeOf } from '../machine/effort.ts';
import { median, quantile } from '../report/statistics.ts';
import { commitAll } from '../servers/seed.ts';
import { inFolder } from '../servers/server.ts';

const LENGTH = 40;
const PAGE = 50;
const COMMITS = 300;
const PAGES = 400;

interface Row {
  readonly messages: number;
  readonly oneMs: number;
  readonly fiftyMs: number;
  readonly appendUs: number;
  readonly newestMs: number;
  readonly middleMs: number;
  readonly middleP99: number;
  readonly listMs: number;
  readonly bytes: number;
}

const times = (count: number, run: () => void): readonly number[] =>
  Array.from({ length: count }, () => timeOf(run));

/** Measures the database at its present size. */
const measureAt = (
  corpus: Corpus,
  writer: StoreWriter,
  queries: OpenReads,
  dir: string,
  messages: number,
): Row => {
  const ones = times(COMMITS, () => {
    commitAll(writer, corpus.messages(1));
  });
  const fifties: number[] = [];
  const appendUs = cpuOf(() => {
    fifties.push(
      ...times(COMMITS, () => {
        commitAll(writer, corpus.messages(COMMIT));
      }),
    );
  });
  while (writer.indexSome());

  const heavy = queries
    .conversations(corpus.heavy, PAGE, null)
    ?.conversations.reduce((most, each) => (each.last_seq > most.last_seq ? each : most));
  if (heavy === undefined) throw new Error('the heavy pair has no conversation');
  const viewers = Array.from({ length: PAGES }, () => corpus.anybody);
  const newestOf = viewers.map(
    (viewer) => [viewer, queries.conversations(viewer, 1, null)?.conversations[0]?.id] as const,
  );
  const newest = newestOf.map(([viewer, id]) =>
    timeOf(() => queries.messages(viewer, id ?? '', { limit: PAGE })),
  );
  const middle = times(PAGES, () => {
    queries.messages(corpus.heavy, heavy.id, { before: 1 + corpus.pick(heavy.last_seq), limit: PAGE });
  });
  const lists = viewers.map((viewer) => timeOf(() => queries.conversations(viewer, PAGE, null)));
  writer.truncate();
  return {
    messages,
    oneMs: median(ones),
    fiftyMs: median(fifties),
    appendUs: appendUs / (COMMITS * COMMIT),
    newestMs: median(newest),
    middleMs: median(middle),
    middleP99: quantile(middle, 0.99),
    listMs: median(lists),
    bytes: folderBytes(dir) / messages,
  };
};

const findingsOf = (rows: readonly Row[]): Findings => {
  const line = (name: string, pick: (row: Row) => number) => ({
    name,
    points: rows.map((row) => [row.messages, pick(row)] as const),
  });
  return {
    how: `The store alone, in one thread. Messages of ${LENGTH} characters are spread at random over 10,000 pairs of 2,000 users; one pair, the heavy one, has a quarter of them. Measured: ${COMMITS} commits of one message and as many of ${COMMIT}, ${PAGES} newest pages of any conversation, as many pages anywhere in the heavy conversation, and as many of the conversation list. Medians.`,
    goals: [],
    tables: [
      {
        columns: [
          'messages',
          'commit of 1, ms',
          `commit of ${COMMIT}, ms`,
          'CPU µs/message',
          'newest page, ms',
          'any page, ms',
          'any page p99, ms',
          'list, ms',
          'bytes/message',
        ],
        rows: rows.map((row) => [
          row.messages,
          row.oneMs,
          row.fiftyMs,
          row.appendUs,
          row.newestMs,
          row.middleMs,
          row.middleP99,
          row.listMs,
          Math.round(row.bytes),
        ]),
      },
    ],
    plots: [
      {
        name: 'growth-size',
        title: 'Commit and pages by messages in the database',
        x: 'messages',
        y: 'ms, median',
        across: 'log',
        series: [
          line('commit of 1', (row) => row.oneMs),
          line(`commit of ${COMMIT}`, (row) => row.fiftyMs),
          line('newest page', (row) => row.newestMs),
          line('any page', (row) => row.middleMs),
          line('list', (row) => row.listMs),
        ],
      },
    ],
  };
};

/** The cost of writing and reading while the database grows. */
export const bySize: Benchmark = {
  id: 'growth-size',
  title: 'Messages in the database',
  measure: ({ quick, said }) =>
    inFolder((dir) => {
      const sizes = quick ? [1_000, 10_000, 50_000] : [10_000, 100_000, 1_000_000, 5_000_000];
      const corpus = new Corpus(LENGTH);
      const writer = openWriter(dir);
      corpus.enrol(writer);
      const queries = openReads(dir);
      let stored = 0;
      const rows = sizes.map((size) => {
        corpus.say(writer, size - stored);
        // What the measuring itself appends, so that the next size is met.
        stored = size + COMMITS * (COMMIT + 1);
        const row = measureAt(corpus, writer, queries, dir, size);
        said(
          `  ${size.toLocaleString('en')}: commit of 50 ${row.fiftyMs.toFixed(2)} ms, page ${row.middleMs.toFixed(2)} ms`,
        );
        return row;
      });
      queries.close();
      writer.close();
      return Promise.resolve(findingsOf(rows));
    }),
};
