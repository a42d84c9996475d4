import assert from 'node:assert/strict';
import { join } from 'node:path';
import { mock, test } from 'node:test';
import Database from 'better-sqlite3';
import { openWriter } from '../../../server/storage/sqlite/open-writer.ts';
import { DATABASE_FILE, type Db } from '../../../server/storage/sqlite/open.ts';
import { openReads } from '../../../server/storage/sqlite/queries.ts';
import { makeTransientTables } from '../../../server/storage/sqlite/transient-tables.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** Indices of what is true of many at once: a statement about one person that went by these would cost what all the others cost. */
const EVERYBODYS = /user_sessions_connected|user_presence_online/;
/** The schema at the start, what is emptied as a whole, the search for people by any part of their names, the first count of reactions,
 *  the counts of attachments, of a few with each question and of all of them once a minute, the first of what is to be removed, and, on the schedule of maintenance, the windows of the limiters. Of hosts there is one. */
const WALKS = [
  'sqlite_schema',
  'DELETE FROM pending_deletions',
  'instr(u.username',
  'first_at > :now',
  'count(*) FROM reactions WHERE is_current',
  'FROM (SELECT size FROM attachments LIMIT',
  'coalesce(sum(size), 0) AS bytes FROM attachments',
  'FROM removed_files LIMIT',
  'FROM pending_attachments LIMIT',
  'hosts',
];

test('no statement of writer or queries walks a whole table, or everybody who is there', (t) => {
  const dir = tempDir(t);
  const prepare = mock.method(Database.prototype, 'prepare');
  const writer = openWriter(dir);
  const queries = openReads(dir);
  const texts = new Set(prepare.mock.calls.map((call) => call.arguments[0]));
  prepare.mock.restore();
  queries.close();
  writer.close();
  const db = new Database(join(dir, DATABASE_FILE));
  makeTransientTables(db as unknown as Db);
  const planned = [...texts].filter((sql) => /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)/.test(sql));
  assert.ok(planned.length > 50, `only ${String(planned.length)} statements seen`);
  for (const sql of planned) {
    // SQLite plans a statement anew whenever a bare parameter is bound as its limit; an expression spares that.
    assert.doesNotMatch(sql, /LIMIT \?(?! \+ 0)/, sql);
    if (WALKS.some((walk) => sql.includes(walk))) continue;
    const unnamed = new Array<number>(sql.split('?').length - 1).fill(1);
    const named: Record<string, number> = Object.fromEntries(
      [...sql.matchAll(/[@:$]([a-z]\w*)/gi)].map(([, name = '']) => [name, 1] as const),
    );
    const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...unnamed, named) as { detail: string }[];
    for (const { detail } of steps) {
      // Values that were given, a chain of messages as it is walked, and reactions that are newer than the last count.
      if (detail.includes('VIRTUAL TABLE') || /^SCAN (l|logged|chain|f|fresh|CONSTANT ROW)$/.test(detail))
        continue;
      assert.doesNotMatch(detail, /^SCAN|SCAN TABLE/, sql);
      assert.doesNotMatch(detail, EVERYBODYS, sql);
    }
  }
  db.close();
});
