import type { Scope } from '../support/temp-dir.ts';
import { sqliteStore, type SqliteStore } from './sqlite-store.ts';
import { Stage } from './stage.ts';

/** A stage on SQLite, with its store. */
export const openSqliteStage = async (
  scope: Scope,
): Promise<{ readonly stage: Stage; readonly store: SqliteStore }> => {
  let made: SqliteStore | undefined;
  const stage = await Stage.open(scope, (its, clock) => (made = sqliteStore(its, { clock })));
  if (made === undefined) throw new Error('no store');
  return { stage, store: made };
};
