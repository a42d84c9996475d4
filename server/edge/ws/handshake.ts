import type { Incoming } from '../http/incoming.ts';

/** What uWS takes from an upgrade and gives back in its answer. */
export interface Handshake {
  readonly key: string;
  readonly extensions: string;
  readonly offered: readonly string[];
}

/** The only version of the protocol there is; said with every refusal (RFC 6455 §4.4). */
export const WEBSOCKET_VERSION = '13';

/** Sixteen bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

const listOf = (text: string | undefined): readonly string[] =>
  (text ?? '').split(',').map((each) => each.trim());
const holds = (text: string | undefined, word: string): boolean => listOf(text?.toLowerCase()).includes(word);

export const handshakeOf = ({ headers }: Incoming): Handshake => ({
  key: headers.get('sec-websocket-key') ?? '',
  extensions: headers.get('sec-websocket-extensions') ?? '',
  offered: listOf(headers.get('sec-websocket-protocol')),
});

/** Why this is no opening handshake (RFC 6455 §4.2.1), or null when it is one. uWS itself looks at the length of the key and
 *  at nothing else, and would read a body that was declared as frames. */
export const handshakeFault = ({ headers, fault }: Incoming): string | null => {
  if (fault !== null) return fault;
  // Those two a proxy takes away unless it is told to pass them on: the answer and the log name them.
  if (!holds(headers.get('upgrade'), 'websocket')) {
    return 'This address is for WebSocket connections: the header Upgrade must be "websocket".';
  }
  if (!holds(headers.get('connection'), 'upgrade')) {
    return 'This address is for WebSocket connections: the header Connection must name "Upgrade".';
  }
  if (!KEY.test(headers.get('sec-websocket-key') ?? ''))
    return 'Sec-WebSocket-Key must be 16 bytes in base64.';
  if (headers.get('sec-websocket-version') !== WEBSOCKET_VERSION) {
    return `Sec-WebSocket-Version must be ${WEBSOCKET_VERSION}.`;
  }
  if (headers.has('transfer-encoding') || Number(headers.get('content-length') ?? 0) > 0) {
    return 'An opening handshake has no body.';
  }
  return null;
};
