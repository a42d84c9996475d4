import type { Db } from '../open.ts';
import { sqliteCode, StoreError } from '../../store-error.ts';

/** Whether a database can be used, before anything is written to it. `thorough`: every page and index, about 6 ms a
 *  megabyte, and whether the tables are of one moment; else only where the tables begin and end, which takes no longer for
 *  a large one. @throws StoreError `damaged` */
export const checkContent = (db: Db, thorough: boolean): void => {
  try {
    touchTables(db);
    if (!thorough) return;
    const [found] = db.pragma('integrity_check(1)') as { integrity_check: string }[];
    if (found?.integrity_check !== 'ok') throw damaged(db, found?.integrity_check ?? '');
    if (db.pragma('user_version', { simple: true }) !== 0 && isTorn(db))
      throw damaged(db, 'its tables are of different moments');
  } catch (error) {
    if (sqliteCode(error).startsWith('SQLITE_CORRUPT')) throw damaged(db, 'a page can’t be read', error);
    throw error;
  }
};

interface Table {
  readonly schema: string;
  readonly name: string;
  readonly type: string;
  /** 1: without row numbers. */
  readonly wr: number;
}

const touchTables = (db: Db): void => {
  const tables = db.pragma('table_list') as Table[];
  for (const { schema, name, type, wr } of tables) {
    if (schema !== 'main' || type !== 'table') continue;
    const quoted = `"${name.replaceAll('"', '""')}"`;
    db.prepare(`SELECT * FROM ${quoted} LIMIT 1`).get();
    if (wr === 0) db.prepare(`SELECT * FROM ${quoted} ORDER BY rowid DESC LIMIT 1`).get();
  }
};

/** Rows that name a message which is not there yet, or stands elsewhere, and a message that nobody names yet: pages of a copy
 *  that was made while the server wrote. */
const isTorn = (db: Db): boolean =>
  [
    `SELECT 1 FROM heads h LEFT JOIN messages m ON m.row = h.message
     WHERE h.message > (SELECT coalesce(max(row), 0) FROM messages) OR (m.row IS NOT NULL AND h.message_cursor
       IS NOT CASE h.user WHEN m.sender THEN m.sender_cursor WHEN m.recipient THEN m.recipient_cursor END) LIMIT 1`,
    `SELECT 1 FROM conversations c LEFT JOIN messages m ON m.row = c.last_message
     WHERE c.last_message > (SELECT coalesce(max(row), 0) FROM messages)
       OR (m.row IS NOT NULL AND (m.conversation IS NOT c.row OR m.seq IS NOT c.last_seq)) LIMIT 1`,
    `SELECT 1 FROM messages m WHERE m.row = (SELECT max(row) FROM messages)
       AND (m.row > (SELECT last_message FROM conversations WHERE row = m.conversation)
         OR m.row > (SELECT message FROM heads WHERE user = m.sender)
         OR m.row > (SELECT message FROM heads WHERE user = m.recipient))`,
  ].some((sql) => db.prepare(sql).get() !== undefined);

const damaged = (db: Db, what: string, cause?: unknown): StoreError =>
  new StoreError(
    'damaged',
    `${db.name} is damaged (${what.replace(/\s+/g, ' ').slice(0, 200)}); restore it from a backup. ` +
      'A copy that was made while a server wrote to it is not whole.',
    cause,
  );
