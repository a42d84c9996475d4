import assert from 'node:assert/strict';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

const PAGE_BYTES = 4_096;

/** Makes the page of the file that holds a message unreadable, as a failing disk does. Everything must be in the file, and not in
 *  the write-ahead log. */
export const damagePageOf = (dataDir: string, messageId: string): void => {
  const file = join(dataDir, 'parley.db');
  const db = new Database(file, { readonly: true });
  const row = db
    .prepare<[Buffer], number>('SELECT row FROM messages WHERE id = ?')
    .pluck()
    .get(Buffer.from(messageId.replaceAll('-', ''), 'hex'));
  // Rows are numbered without a gap, and leaves hold them in order.
  const leaves = db
    .prepare<[], { pageno: number; ncell: number }>(
      `SELECT pageno, ncell FROM dbstat WHERE name = 'messages' AND pagetype = 'leaf' ORDER BY path`,
    )
    .all();
  db.close();
  let before = 0;
  const leaf = leaves.find(({ ncell }) => (before += ncell) >= (row ?? Infinity));
  assert.ok(leaf !== undefined && leaves.length > 4, `${String(leaves.length)} leaves`);
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(PAGE_BYTES, 0xff), 0, PAGE_BYTES, (leaf.pageno - 1) * PAGE_BYTES);
  closeSync(descriptor);
};
