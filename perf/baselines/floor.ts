import { Worker } from 'node:worker_threads';
import { ackFrame, messageFrame, type FloorWrite } from './baseline-wire.ts';
import { serveSockets } from './uws-sockets.ts';

/** Prototype (c), the floor of Parley's shape: the same sockets, the same two threads that wake each other, the same commits, receipts that
 *  are gathered in the same way, and nothing else. No accounts, no order, no resuming, no limits. What Parley takes above it is its own work;
 *  what (c) takes above (b) is the price of the shape. */
interface ReceiptPayload {
  readonly message_id: string;
}

/** As Parley's edge. */
const GATHER_MS = 25;
const RECENT = 10_000;

const senders = new Map<string, string>();
const writer = new Worker(new URL('./floor-writer.js', import.meta.url));

let messages: FloorWrite[] = [];
let receipts: FloorWrite[] = [];
let receiptTimer: NodeJS.Timeout | undefined;
let isPosting = false;

/** What one turn of the loop has read crosses together. */
const post = (write: FloorWrite): void => {
  messages.push(write);
  if (isPosting) return;
  isPosting = true;
  setImmediate(() => {
    isPosting = false;
    writer.postMessage(messages);
    messages = [];
  });
};

const gather = (write: FloorWrite): void => {
  receipts.push(write);
  receiptTimer ??= setTimeout(() => {
    receiptTimer = undefined;
    writer.postMessage(receipts);
    receipts = [];
  }, GATHER_MS);
};

const online = serveSockets((frame, accountId) => {
  if (frame.type === 'ack') {
    const { message_id: messageId } = frame.payload as unknown as ReceiptPayload;
    gather({ type: 'receipt', reader: accountId, messageId });
  } else if (frame.type === 'message') {
    const { recipient_id: recipient, content } = frame.payload;
    const sentAt = new Date().toISOString();
    post({ type: 'message', id: frame.id, sender: accountId, recipient, content, sentAt });
  }
});

const written = (write: FloorWrite): void => {
  if (write.type === 'receipt') {
    const at = new Date().toISOString();
    const payload = { message_id: write.messageId, status: 'delivered', at };
    const frame = JSON.stringify({ id: write.messageId, type: 'ack', timestamp: at, payload });
    online.get(senders.get(write.messageId) ?? '')?.send(frame);
    return;
  }
  const { id, sender, recipient, content, sentAt } = write;
  senders.set(id, sender);
  if (senders.size > RECENT) senders.clear();
  online
    .get(recipient)
    ?.send(messageFrame({ id, senderId: sender, recipientId: recipient, content, sentAt }));
  online.get(sender)?.send(ackFrame(id, sentAt));
};
writer.on('message', (writes: readonly FloorWrite[]) => {
  for (const write of writes) written(write);
});
