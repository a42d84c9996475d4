import { openWriter } from '../../server/storage/sqlite/open-writer.ts';
import type { StoreWriter, WriterOptions } from '../../server/storage/sqlite/open-writer.ts';
import { asQueries, openReads } from '../../server/storage/sqlite/queries.ts';
import type { OpenReads } from '../../server/storage/sqlite/queries.ts';
import type { Queries } from '../../server/storage/reads.ts';
import type { Scope } from '../support/temp-dir.ts';
import { tempDir } from '../support/temp-dir.ts';
import type { StoreFactory, StoreUnderTest } from './stage.ts';

export interface SqliteStore extends StoreUnderTest {
  readonly dir: string;
  readonly writer: () => StoreWriter;
}

/** Parley's SQLite store, in a folder of its own unless `dir` names one. */
export const sqliteStore = (scope: Scope, options: WriterOptions, dir = tempDir(scope)): SqliteStore => {
  const open = (): { writer: StoreWriter; reads: OpenReads; queries: Queries } => {
    const writer = openWriter(dir, options);
    const reads = openReads(dir, options.clock === undefined ? {} : { clock: options.clock });
    return { writer, reads, queries: asQueries(reads) };
  };
  let opened = open();
  const close = (): void => {
    opened.reads.close();
    opened.writer.close();
  };
  scope.after(close);
  const settle = (): void => {
    const { writer } = opened;
    while (writer.indexSome(100));
    for (let left = 'telling'; left !== 'none';) {
      const [outcome] = writer.commit([{ type: 'continueSteps', input: { rows: 100 } }]);
      left = outcome?.ok === true && 'left' in outcome.result ? outcome.result.left : left;
    }
    for (let more = true; more;) {
      const [outcome] = writer.commit([{ type: 'prune', input: { budget: 1_000 } }]);
      more = outcome?.ok === true && 'more' in outcome.result && outcome.result.more;
    }
  };
  return {
    dir,
    writer: () => opened.writer,
    commit: (batch) => promised(() => opened.writer.commit(batch)),
    get queries() {
      return opened.queries;
    },
    settle: () => promised(settle),
    restart: () =>
      promised(() => {
        close();
        opened = open();
      }),
  };
};

const promised = <T>(act: () => T): Promise<T> =>
  new Promise((resolve) => {
    resolve(act());
  });

export const sqliteFactory: StoreFactory = (scope, clock) => sqliteStore(scope, { clock });
