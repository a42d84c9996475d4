import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { DATABASE_FILE } from '../../../server/storage/sqlite/open.ts';
import { POSTGRES_EXPORT, SQLITE_EXPORT } from '../../../server/storage/transfer/export-policy.ts';
import { RECORD_TYPES } from '../../../server/storage/transfer/export-record.ts';
import { freshDatabase, onServer, withoutPostgres } from '../../support/postgres.ts';
import { sqliteStore } from '../sqlite-store.ts';

type Policy = Readonly<
  Record<string, { readonly exported: string; readonly as: readonly string[]; readonly leftOut?: object }>
>;

/** `table.column`, of all columns that were judged; each once. */
const judgedIn = (policy: Policy): readonly string[] => {
  const judged = Object.entries(policy).flatMap(([table, { exported, leftOut = {} }]) =>
    [exported, ...Object.keys(leftOut)]
      .flatMap((columns) => columns.split(' '))
      .filter((column) => column !== '')
      .map((column) => `${table}.${column}`),
  );
  assert.equal(new Set(judged).size, judged.length, 'no column is judged twice');
  return judged.sort();
};

test('every table and column of SQLite is exported, or left out with a reason', (t) => {
  const db = new Database(join(sqliteStore(t, {}).dir, DATABASE_FILE));
  t.after(() => {
    db.close();
  });
  const columns = db
    .prepare<[], string>(
      `SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c
       WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'`,
    )
    .pluck();
  assert.deepEqual(columns.all().sort(), judgedIn(SQLITE_EXPORT));
  db.exec('CREATE TABLE table_of_this_test (a INTEGER)');
  assert.notDeepEqual(columns.all().sort(), judgedIn(SQLITE_EXPORT));
});

test(
  'every table and column of PostgreSQL is exported, or left out with a reason',
  { skip: withoutPostgres },
  async (t) => {
    const url = await freshDatabase(t);
    const rows = await onServer(
      url,
      `SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped`,
    );
    assert.deepEqual(rows.map(([name]) => String(name)).sort(), judgedIn(POSTGRES_EXPORT));
  },
);

test('every type of record comes from both stores', () => {
  const policies: readonly Policy[] = [SQLITE_EXPORT, POSTGRES_EXPORT];
  for (const policy of policies) {
    const types = new Set(Object.values(policy).flatMap((table) => table.as));
    assert.deepEqual([...types].sort(), [...RECORD_TYPES].sort());
  }
});
