import { join } from 'node:path';
import process from 'node:process';
import { parentPort } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { FloorWrite } from './baseline-wire.ts';

/** The thread of the prototype `floor` that writes: what has come by the end of a turn is one durable commit. */
const boss = parentPort!;
const db = new Database(join(process.env['BASELINE_DIR'] ?? '.', 'floor.db'));
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(`
  CREATE TABLE messages (
    cursor INTEGER PRIMARY KEY, id TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL, content TEXT NOT NULL, sent_at TEXT NOT NULL
  );
  CREATE TABLE receipts (reader TEXT PRIMARY KEY, message TEXT NOT NULL) WITHOUT ROWID;
`);
const insert = db.prepare<[string, string, string, string, string]>(
  'INSERT INTO messages (id, sender, recipient, content, sent_at) VALUES (?, ?, ?, ?, ?)',
);
const mark = db.prepare<[string, string]>('INSERT OR REPLACE INTO receipts (reader, message) VALUES (?, ?)');

const commit = db.transaction((writes: readonly FloorWrite[]) => {
  for (const write of writes)
    if (write.type === 'receipt') mark.run(write.reader, write.messageId);
    else insert.run(write.id, write.sender, write.recipient, write.content, write.sentAt);
});

/** As Parley: a receipt alone waits this long for the commit of a message. */
const RECEIPT_LINGERS_MS = 10;
let waiting: FloorWrite[] = [];
let isScheduled = false;
let lingering: NodeJS.Timeout | undefined;

const turn = (): void => {
  clearTimeout(lingering);
  lingering = undefined;
  isScheduled = false;
  const writes = waiting;
  waiting = [];
  commit(writes);
  boss.postMessage(writes);
};

boss.on('message', (writes: readonly FloorWrite[]) => {
  waiting.push(...writes);
  if (isScheduled) return;
  if (waiting.every(({ type }) => type === 'receipt')) {
    lingering ??= setTimeout(turn, RECEIPT_LINGERS_MS);
    return;
  }
  isScheduled = true;
  setImmediate(turn);
});
