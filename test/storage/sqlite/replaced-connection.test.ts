import assert from 'node:assert/strict';
import { test } from 'node:test';
import type Database from 'better-sqlite3';
import { openWriter } from '../../../server/storage/sqlite/open-writer.ts';
import { openReadOnly, type Db } from '../../../server/storage/sqlite/open.ts';
import { openReads } from '../../../server/storage/sqlite/queries.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** How a connection can be lost for all later queries, although each of them is fine. */
const losses: readonly (readonly [string, (db: Db) => void])[] = [
  [
    'an iterator that nobody closes',
    (db) => {
      (db as Database.Database).prepare('SELECT key FROM meta').iterate().next();
    },
  ],
  [
    'a transaction that nobody ends',
    (db) => {
      db.exec('BEGIN');
    },
  ],
  [
    'a connection that is closed',
    (db) => {
      db.close();
    },
  ],
];

for (const [name, lose] of losses) {
  test(`[P8] the query after ${name} gets a new connection`, (t) => {
    const dir = tempDir(t);
    const writer = openWriter(dir);
    const made: Db[] = [];
    const causes: unknown[] = [];
    const queries = openReads(dir, {
      open: (path) => {
        const db = openReadOnly(path);
        made.push(db);
        return db;
      },
      onReplaced: (cause) => causes.push(cause),
    });
    t.after(() => {
      queries.close();
      writer.close();
    });
    const before = queries.probe();
    const [connection] = made;
    assert.ok(connection !== undefined);
    lose(connection);
    assert.equal(queries.probe(), before);
    assert.equal(queries.users('0', 'm', 1).length, 0);
    assert.deepEqual([made.length, causes.length], [2, 1]);
    writer.commit([{ type: 'probe', input: {} }]);
    assert.equal(queries.probe(), before + 1, 'the new connection sees later commits');
  });
}
