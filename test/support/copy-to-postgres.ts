import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Client } from 'pg';
import { completedChunks } from '../../server/storage/postgres/search/completed-chunks.ts';
import { DATABASE_FILE } from '../../server/storage/sqlite/open.ts';
import { fromBlob, fromBlobs } from '../../server/storage/sqlite/uuid.ts';
import { optionsOf } from './postgres.ts';

type Value = string | number | bigint | boolean | Buffer | null;
type Row = Readonly<Record<string, Value>>;
type Tables = (sql: string) => readonly Row[];

/** Fills an empty PostgreSQL database with what a data folder's SQLite file holds, under the same row numbers, so that the answers of
 *  both can be compared. */
export const copyToPostgres = async (dataDir: string, url: string): Promise<void> => {
  const db = new Database(join(dataDir, DATABASE_FILE), { readonly: true });
  const { hosts, user, password, database } = optionsOf(url);
  const client = new Client({ ...hosts[0], user, password: password ?? '', database });
  await client.connect();
  try {
    for (const [table, rows] of tablesOf((sql) => db.prepare(sql).all() as Row[])) {
      for (let at = 0; at < rows.length; at += 1_000) {
        const json = JSON.stringify(rows.slice(at, at + 1_000).map(toJson));
        const rowsOf = `json_populate_recordset(NULL::${table}, $1)`;
        await client.query(`INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM ${rowsOf}`, [json]);
      }
    }
    await copyMeta(client, (sql) => db.prepare(sql).all() as Row[]);
    await client.query('ANALYZE');
  } finally {
    await client.end();
    db.close();
  }
};

const toJson = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      if (!Buffer.isBuffer(value)) return [column, value];
      if (column === 'attachments') return [column, `{${fromBlobs(value).join()}}`];
      return [
        column,
        column === 'id' || column === 'reply_to' ? fromBlob(value) : `\\x${value.toString('hex')}`,
      ];
    }),
  );

/** In an order in which references are there before what refers to them. */
const tablesOf = (read: Tables): readonly (readonly [string, readonly Row[]])[] => [
  [
    'users',
    read(`SELECT u.row, u.id, u.username, c.password_hash, u.created_at, u.deleted_at, u.role, u.disabled_at,
        u.display_name, u.about, u.avatar
      FROM users u LEFT JOIN credentials c ON c.user = u.row`),
  ],
  ['user_name_words', read('SELECT user AS user_row, word FROM user_name_words')],
  ['avatars', read('SELECT user AS user_row, type, bytes FROM avatars')],
  ['reserved_names', read('SELECT * FROM reserved_names')],
  [
    'heads',
    read(
      'SELECT h.user AS user_row, h.cursor, u.username AS name FROM heads h JOIN users u ON u.row = h.user',
    ),
  ],
  ['conversations', read('SELECT * FROM conversations').map(withoutNumbers)],
  ['blocks', read('SELECT row, user AS user_row, peer, at FROM blocks')],
  ['members', read('SELECT user AS user_row, bucket, conversation, peer FROM members')],
  ['messages', read('SELECT * FROM messages ORDER BY row')],
  ['attachments', read('SELECT * FROM attachments')],
  [
    'reactions',
    read('SELECT *, user AS user_row FROM reactions').map((row) => ({
      ...row,
      is_current: row['is_current'] === 1,
    })),
  ],
  // A receipt refers to its message by conversation and number.
  [
    'events',
    read(`SELECT e.user AS user_row, e.cursor, e.kind, e.at,
        CASE WHEN e.kind IN (1, 2) THEN m.conversation ELSE e.subject END AS subject,
        CASE WHEN e.kind IN (1, 2) THEN m.seq ELSE 0 END AS seq
      FROM events e LEFT JOIN messages m ON m.row = e.subject`),
  ],
  [
    'user_sessions',
    read('SELECT *, user AS user_row FROM user_sessions').map((row) => ({
      ...row,
      connected: row['connected'] === 1,
    })),
  ],
  ['spent_refresh_tokens', read('SELECT * FROM spent_refresh_tokens')],
  ['user_presence', read('SELECT user AS user_row, status, last_seen FROM user_presence')],
  ['login_failures', read('SELECT * FROM login_failures')],
  ['login_failures_of_user', read('SELECT *, user AS user_row FROM login_failures_of_user')],
  ['signups', read('SELECT * FROM signups')],
  ['invites', read('SELECT * FROM invites')],
  ['password_resets', read('SELECT *, user AS user_row FROM password_resets')],
  ['audit_records', read('SELECT * FROM audit_records')],
  ['search_todo', completeChunks(read('SELECT user, cursor FROM heads'))],
];

const withoutNumbers = (row: Row): Row => ({
  ...row,
  low_hidden: row['low_hidden'] === 1,
  high_hidden: row['high_hidden'] === 1,
});

const completeChunks = (heads: readonly Row[]): readonly Row[] =>
  heads.flatMap(({ user, cursor }) =>
    completedChunks(0, Number(cursor)).map((chunk) => ({ user_row: user ?? 0, chunk, version: 0 })),
  );

const copyMeta = async (client: Client, read: Tables): Promise<void> => {
  const values = new Map(read('SELECT key, value FROM meta').map(({ key, value }) => [key, value]));
  await client.query('UPDATE meta SET history = $1, probe = $2', [
    values.get('history'),
    values.get('probe'),
  ]);
};
