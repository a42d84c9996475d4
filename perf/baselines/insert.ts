import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { WebSocket, WebSocketServer } from 'ws';
import {
  accountIn,
  ackFrame,
  messageFrame,
  sayListening,
  syncFrame,
  type SentFrame,
} from './baseline-wire.ts';

/** Baseline (b), what a Node developer would write: `ws` and better-sqlite3, one durable INSERT per message. No accounts, no
 *  receipts, no search, no limits; a retried message is stored twice. `BASELINE_DIR`: where its file goes. */
interface Row {
  readonly cursor: number;
  readonly id: string;
  readonly sender: string;
  readonly recipient: string;
  readonly content: string;
  readonly sent_at: string;
}

const db = new Database(join(process.env['BASELINE_DIR'] ?? '.', 'baseline.db'));
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(`
  CREATE TABLE IF NOT EXISTS messages (
    cursor INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL, content TEXT NOT NULL, sent_at TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS messages_recipient ON messages (recipient, cursor);
`);
const insert = db.prepare<[string, string, string, string, string]>(
  'INSERT INTO messages (id, sender, recipient, content, sent_at) VALUES (?, ?, ?, ?, ?)',
);
const missed = db.prepare<[string, number], Row>(
  'SELECT * FROM messages WHERE recipient = ? AND cursor > ? ORDER BY cursor',
);

const online = new Map<string, WebSocket>();
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, path: '/ws', perMessageDeflate: false });

server.on('connection', (socket, request) => {
  const account = accountIn(request.headers.authorization ?? '');
  online.set(account, socket);
  const cursor = new URL(request.url ?? '/', 'http://localhost').searchParams.get('cursor');
  let last = Number(cursor ?? 0);
  if (cursor !== null) {
    for (const row of missed.iterate(account, last)) {
      const { sender: senderId, recipient: recipientId, sent_at: sentAt, id, content } = row;
      socket.send(messageFrame({ id, senderId, recipientId, content, sentAt }));
      last = row.cursor;
    }
  }
  socket.send(syncFrame(last));
  socket.on('message', (data: Buffer) => {
    const { id, type, payload } = JSON.parse(data.toString('utf8')) as SentFrame;
    if (type !== 'message') return;
    const sentAt = new Date().toISOString();
    const { recipient_id: recipientId, content } = payload;
    insert.run(id, account, recipientId, content, sentAt);
    socket.send(ackFrame(id, sentAt));
    const peer = online.get(recipientId);
    if (peer?.readyState === WebSocket.OPEN) {
      peer.send(messageFrame({ id, senderId: account, recipientId, content, sentAt }));
    }
  });
  socket.on('close', () => {
    online.delete(account);
  });
});
server.on('listening', () => {
  sayListening((server.address() as AddressInfo).port);
});
