import { openWriter } from '../../server/storage/group-commit.ts';
import type { GroupCommit, WriterOptions } from '../../server/storage/group-commit.ts';
import { openQueries } from '../../server/storage/queries.ts';
import type { OpenQueries } from '../../server/storage/queries.ts';
import type { Scope } from '../support/temp-dir.ts';
import { tempDir } from '../support/temp-dir.ts';
import type { StoreFactory, StoreUnderTest } from './stage.ts';

export interface SqliteStore extends StoreUnderTest {
  readonly dir: string;
  readonly writer: () => GroupCommit;
}

/** Parley's SQLite store in a folder of its own. */
export const sqliteStore = (scope: Scope, options: WriterOptions): SqliteStore => {
  const dir = tempDir(scope);
  let writer = openWriter(dir, options);
  let queries: OpenQueries = openQueries(dir, options.clock === undefined ? {} : { clock: options.clock });
  const close = (): void => {
    queries.close();
    writer.close();
  };
  scope.after(close);
  const settle = (): void => {
    while (writer.indexSome(100));
    for (let left = 'telling'; left !== 'none';) {
      const [outcome] = writer.commit([{ type: 'continueDeletions', input: { rows: 100 } }]);
      left = outcome?.ok === true && 'left' in outcome.result ? outcome.result.left : left;
    }
    for (let more = true; more;) {
      const [outcome] = writer.commit([{ type: 'prune', input: { budget: 1_000 } }]);
      more = outcome?.ok === true && 'more' in outcome.result && outcome.result.more;
    }
  };
  return {
    dir,
    writer: () => writer,
    commit: (batch) => writer.commit(batch),
    get queries() {
      return queries;
    },
    settle,
    restart() {
      close();
      writer = openWriter(dir, options);
      queries = openQueries(dir, options.clock === undefined ? {} : { clock: options.clock });
    },
  };
};

export const sqliteFactory: StoreFactory = (scope, clock) => sqliteStore(scope, { clock });
