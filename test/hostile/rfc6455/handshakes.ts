/** §4.2: what a server must ask of an opening handshake. */
export interface Handshake {
  readonly what: string;
  readonly requestLine?: string;
  /** In place of, or beside, the usual ones; null leaves one out. */
  readonly headers: Readonly<Record<string, string | null>>;
  readonly status: string;
  readonly accepts?: readonly RegExp[];
}

const taken = (what: string, headers: Handshake['headers'], ...accepts: readonly RegExp[]): Handshake => ({
  what,
  headers,
  status: '101',
  accepts,
});
const refused = (
  what: string,
  headers: Handshake['headers'],
  requestLine?: string,
  status = '400',
): Handshake => ({ what, headers, status, ...(requestLine === undefined ? {} : { requestLine }) });

export const HANDSHAKES: readonly Handshake[] = [
  taken(
    'the RFC’s own key',
    {},
    /sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/i,
    /upgrade: websocket/i,
  ),
  taken('header names in lower case', {
    Upgrade: null,
    upgrade: 'websocket',
    Connection: null,
    connection: 'upgrade',
  }),
  taken('values in other cases', { Upgrade: 'WebSocket', Connection: 'UPGRADE' }),
  taken('Connection with more in it', { Connection: 'keep-alive, Upgrade' }),
  taken('compression offered and not taken', {
    'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits',
  }),
  taken(
    'our subprotocol among others',
    { 'Sec-WebSocket-Protocol': 'chat, parley.v1' },
    /sec-websocket-protocol: parley\.v1/i,
  ),
  taken('subprotocols that are all unknown', { 'Sec-WebSocket-Protocol': 'chat, superchat' }),
  refused('no key', { 'Sec-WebSocket-Key': null }),
  refused('an empty key', { 'Sec-WebSocket-Key': '' }),
  refused('a key of 15 bytes', { 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAA' }),
  refused('a key of 18 bytes', { 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAAAA' }),
  refused('a key that is no base64', { 'Sec-WebSocket-Key': '!!!!!!!!!!!!!!!!!!!!!!==' }),
  refused('two keys', {
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  }),
  refused('no version', { 'Sec-WebSocket-Version': null }),
  refused('version 8', { 'Sec-WebSocket-Version': '8' }),
  refused('version 0', { 'Sec-WebSocket-Version': '0' }),
  refused('version 13 and 8', { 'Sec-WebSocket-Version': '13, 8' }),
  refused('version 255', { 'Sec-WebSocket-Version': '255' }),
  refused('no Upgrade', { Upgrade: null }),
  refused('Upgrade to something else', { Upgrade: 'h2c' }),
  refused('no Connection', { Connection: null }),
  refused('Connection without Upgrade', { Connection: 'keep-alive' }),
  refused('POST', { 'Content-Length': '0' }, 'POST /ws HTTP/1.1', '405'),
  refused('PUT', { 'Content-Length': '0' }, 'PUT /ws HTTP/1.1', '405'),
  refused('another address', {}, 'GET /wss HTTP/1.1', '404'),
  refused('a slash at the end', {}, 'GET /ws/ HTTP/1.1', '404'),
  refused('a body declared', { 'Content-Length': '5' }),
  refused('a chunked body declared', { 'Transfer-Encoding': 'chunked' }),
];
