import assert from 'node:assert/strict';
import type { EncodedPage } from '../../server/actors/services/helper.ts';
import type { ConnectionMessage } from '../../server/actors/connection/messages.ts';
import type { Receipt } from '../../server/actors/connection/receipt-progress.ts';
import { ConnectionTicks } from '../../server/actors/connection/connection-ticks.ts';
import { Connection } from '../../server/actors/connection/connection.ts';
import type { ConnectionDeps } from '../../server/actors/connection/open-connection.ts';
import { Quarantine } from '../../server/actors/quarantine/quarantine.ts';
import type { Appended } from '../../server/storage/writes.ts';
import { FakeSocket } from './fake-socket.ts';
import { ManualClock } from './manual-clock.ts';
import { RecordedContext } from './recorded-context.ts';

export const ME = '00000000-0000-4000-8000-00000000000a';
export const PEER = '00000000-0000-4000-8000-00000000000b';
const HISTORY = '00000000-0000-7000-8000-00000000000c';
export const id = (n: number): string => `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`;
const event = (cursor: number) => JSON.stringify({ id: id(cursor), type: 'message', cursor });
export const live = (cursor: number) => ({ type: 'event', cursor, frame: event(cursor) }) as const;
export const page = (cursors: number[], more = false, cursor = cursors.at(-1) ?? 0): EncodedPage => ({
  cursors,
  frames: cursors.map(event),
  sent: {},
  cursor,
  more,
});
/** A page in which the message `n`, at `own`, is one that this person sent. */
export const pageWithOwn = (cursors: number[], own: number, n: number): EncodedPage => ({
  ...page(cursors),
  sent: { [cursors.indexOf(own)]: { messageId: id(n), ack: JSON.stringify({ type: 'ack', cursor: own }) } },
});
export const frame = (type: string, payload: unknown, n = 1): ConnectionMessage => ({
  type: 'frame',
  text: JSON.stringify({ id: id(n), type, timestamp: '2026-01-01T00:00:00.000Z', payload }),
});
export const message = (n: number, content = 'hi'): ConnectionMessage =>
  frame('message', { recipient_id: PEER, content }, n);

/** The writer's answer to a post. */
export const appended = (seq: number, senderCursor: number, duplicate = false): Appended => ({
  kind: 'appended',
  conversationId: id(7),
  seq,
  sentAt: 0,
  senderCursor,
  recipientCursor: 100 + seq,
  senderName: 'me',
  duplicate,
});

export const open = (overrides: Partial<ConnectionDeps> = {}, head = 0) => {
  const socket = new FakeSocket();
  const receipts: Receipt[] = [];
  const clock = new ManualClock();
  const parts: ConnectionDeps = {
    heartbeatS: 30,
    ticks: new ConnectionTicks(clock, 30_000, () => void context.give({ type: 'tick' })),
    locations: { pair: () => null, message: () => null },
    maySend: () => true,
    receipts: {
      add: (receipt) => {
        receipts.push(receipt);
        return true;
      },
    },
    quarantine: new Quarantine(new ManualClock(), () => undefined),
    sessionHead: () => Promise.resolve(head),
    history: () => Promise.resolve(HISTORY),
    messageCursor: () => Promise.resolve(null),
    onAdmitted: () => undefined,
    onVisible: () => undefined,
    ...overrides,
  };
  const session = new Connection(
    socket,
    { userId: ME, sessionId: id(99), expiresAt: Date.UTC(2026, 0, 2) },
    parts,
  );
  const context: RecordedContext<ConnectionMessage> = new RecordedContext<ConnectionMessage>(session, clock);
  return { socket, session, context, receipts };
};
/** Caught up at a number. */
export const openLive = async (cursor: number, overrides: Partial<ConnectionDeps> = {}) => {
  const opened = open(overrides, cursor);
  await opened.context.give({ type: 'open', cursor });
  assert.deepEqual(opened.socket.taken(), ['welcome', 'sync']);
  return opened;
};
