import { randomUUID } from 'node:crypto';

/** As much of the wire as the baselines speak. */
export interface SentFrame {
  readonly id: string;
  readonly type: string;
  readonly payload: { readonly recipient_id: string; readonly content: string };
}

export interface Relayed {
  readonly id: string;
  readonly senderId: string;
  readonly recipientId: string;
  readonly content: string;
  readonly sentAt: string;
}

/** What the prototype `floor` has written by its other thread. */
export type FloorWrite =
  | {
      readonly type: 'message';
      readonly id: string;
      readonly sender: string;
      readonly recipient: string;
      readonly content: string;
      readonly sentAt: string;
    }
  | { readonly type: 'receipt'; readonly reader: string; readonly messageId: string };

/** What a Node developer would do: an object, and JSON.stringify. */
export const messageFrame = ({ id, senderId, recipientId, content, sentAt }: Relayed): string =>
  JSON.stringify({
    id,
    type: 'message',
    timestamp: sentAt,
    payload: { message_id: id, sender_id: senderId, recipient_id: recipientId, content, sent_at: sentAt },
  });

export const ackFrame = (id: string, sentAt: string): string =>
  JSON.stringify({
    id: randomUUID(),
    type: 'ack',
    timestamp: sentAt,
    payload: { message_id: id, status: 'sent', sent_at: sentAt, at: sentAt },
  });

export const syncFrame = (cursor: number): string =>
  JSON.stringify({
    id: randomUUID(),
    type: 'sync',
    timestamp: new Date().toISOString(),
    payload: { cursor, complete: true },
  });

/** A baseline takes anybody's word: the token is the account's id. */
export const accountIn = (authorization: string): string => authorization.replace(/^Bearer /, '');

export const sayListening = (port: number): void => {
  process.stdout.write(`${JSON.stringify({ msg: 'listening', url: `http://127.0.0.1:${port}` })}\n`);
};
