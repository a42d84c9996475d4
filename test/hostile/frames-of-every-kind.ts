import type { ClientFrameType } from '../../server/protocol/client-frames.ts';
import { envelopeOf } from '../support/raw-websocket.ts';

const SOME_ID = '0198a3c0-0000-7000-8000-000000000001';

/** One good envelope of each kind, for what is made wrong of them. */
const PAYLOADS: Readonly<Record<ClientFrameType, readonly unknown[]>> = {
  message: [
    { recipient_id: SOME_ID, content: 'hello' },
    { conversation_id: SOME_ID, content: 'שלום 👋🏽 "\\\n' },
    { recipient_id: SOME_ID, conversation_id: SOME_ID, content: 'x'.repeat(300) },
    { conversation_id: SOME_ID, content: 'yes', reply_to: SOME_ID },
    { conversation_id: SOME_ID, content: '', attachments: [SOME_ID] },
  ],
  ack: [
    { message_id: SOME_ID, status: 'delivered' },
    { message_id: SOME_ID, status: 'read' },
  ],
  reaction: [
    { message_id: SOME_ID, emoji: '👩🏽‍❤️‍💋‍👨🏿' },
    { message_id: SOME_ID, emoji: null },
  ],
  presence: [{ status: 'online' }, { status: 'offline' }],
  typing: [{ conversation_id: SOME_ID, typing: true }],
  sync: [{ cursor: 0 }, { cursor: 2 ** 40 }],
  auth: [{ token: 'eyJhbGciOiJIUzI1NiJ9.e30.x' }],
  ping: [{}],
  pong: [{}],
};

export const ENVELOPES: readonly string[] = Object.entries(PAYLOADS).flatMap(([type, payloads]) =>
  payloads.map((payload) => envelopeOf(type, payload, '0198a3c0-0000-7000-8000-0000000000ff')),
);
