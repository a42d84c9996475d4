import { openWriter, type StoreWriter } from '../../server/storage/sqlite/open-writer.ts';
import { openReads, type OpenReads } from '../../server/storage/sqlite/queries.ts';
import { COMMIT, Corpus } from '../corpus/corpus.ts';
import { SEARCHES, VIEWERS } from '../corpus/searches.ts';
import { folderBytes } from '../machine/disk.ts';
import { cpuOf, timeOf } from '../machine/effort.ts';
import { quantile } from '../report/statistics.ts';
import { inFolder } from '../servers/server.ts';
import { commitAll } from '../servers/seed.ts';
import type { Effort, Benchmark } from './benchmark.ts';
import { goal } from './load-tables.ts';

const LENGTH = 40;
interface Search {
  readonly ms: number;
  readonly cpuMs: number;
  readonly hits: number;
}

/** A search right after a commit, as the index has it at that moment. */
const searchOnce = (
  corpus: Corpus,
  writer: StoreWriter,
  queries: OpenReads,
  who: string,
  q: string,
): Search => {
  commitAll(writer, corpus.messages(20));
  writer.indexSome();
  let hits = 0;
  let ms = 0;
  const cpuUs = cpuOf(() => {
    ms = timeOf(() => {
      hits = queries.search(who, q, { limit: 50 }).messages.length;
    });
  });
  return { ms, cpuMs: cpuUs / 1000, hits };
};

/** Fills the store; says what an append and its share of the index cost. */
const fill = (corpus: Corpus, writer: StoreWriter, total: number, { said }: Effort) => {
  let appendUs = 0;
  let indexUs = 0;
  for (let at = 0; at < total; at += COMMIT) {
    const batch = corpus.messages(COMMIT);
    appendUs += cpuOf(() => {
      commitAll(writer, batch);
    });
    if (at % (COMMIT * 10) === 0 || at + COMMIT >= total) {
      indexUs += cpuOf(() => {
        while (writer.indexSome());
      });
    }
    if (at % 100_000 === 0 && at > 0) said(`  ${at.toLocaleString('en')} messages are in`);
  }
  return { appendUs: appendUs / total, indexUs: indexUs / total };
};

/** At size, with writes going on, inside one process: what the helper thread does for a search. */
export const search: Benchmark = {
  id: 'search',
  title: 'Search in a million messages during writes',
  measure: (effort) =>
    inFolder((dir) => {
      const total = effort.quick ? 100_000 : 1_000_000;
      const each = effort.quick ? 20 : 150;
      const corpus = new Corpus(LENGTH);
      const writer = openWriter(dir);
      corpus.enrol(writer);
      const { appendUs, indexUs } = fill(corpus, writer, total, effort);
      writer.truncate();
      const bytes = folderBytes(dir) / total;
      const queries = openReads(dir);
      const all: Search[] = [];
      const rows = SEARCHES.flatMap(([name, q]) =>
        VIEWERS.map((viewer) => {
          const seen = Array.from({ length: each }, () =>
            searchOnce(corpus, writer, queries, corpus[viewer], q(corpus)),
          );
          all.push(...seen);
          const [ms, cpu] = [seen.map((one) => one.ms), seen.map((one) => one.cpuMs)];
          const hits = seen.reduce((sum, one) => sum + one.hits, 0) / each;
          return [name, viewer, quantile(ms, 0.5), quantile(ms, 0.99), quantile(cpu, 0.99), hits];
        }),
      );
      queries.close();
      writer.close();
      const p99 = quantile(
        all.map(({ ms }) => ms),
        0.99,
      );
      return Promise.resolve({
        how: `${total.toLocaleString('en')} messages of ${LENGTH} characters by 2,000 users in 10,000 pairs; one pair, the heavy one, wrote a quarter of them. Before each search, 20 messages are committed and the index advances one step. ${each} searches of each kind for each viewer: a user of the heavy pair, or anybody else. Appending a message took ${appendUs.toFixed(1)} µs of CPU with 50 in a commit, indexing it ${indexUs.toFixed(1)} µs; it takes ${bytes.toFixed(0)} bytes on disk.`,
        goals: [goal('search p99 in 1 million messages during writes', [p99], 'ms', 'at most', 50)],
        tables: [
          {
            columns: ['search', 'viewer', 'p50 ms', 'p99 ms', 'CPU p99 ms', 'hits, mean'],
            rows: [
              ...rows,
              [
                'all',
                '',
                quantile(
                  all.map(({ ms }) => ms),
                  0.5,
                ),
                p99,
                quantile(
                  all.map(({ cpuMs }) => cpuMs),
                  0.99,
                ),
                '',
              ],
            ],
          },
        ],
      });
    }),
};
