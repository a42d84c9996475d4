import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { within } from './deadline.ts';
import { WaitingList } from './waiting-list.ts';

/** A WebSocket client made of bytes: sends frames that no library would, and tells what came back. */

export interface RawFrame {
  readonly opcode: number;
  readonly fin: boolean;
  readonly payload: Buffer;
}

export interface Shape {
  readonly fin?: boolean;
  /** The three reserved bits, 0 to 7. */
  readonly rsv?: number;
  /** Null: sent unmasked. */
  readonly mask?: readonly [number, number, number, number] | null;
  /** How many bytes the extended length takes, where the shortest form is not meant. */
  readonly lengthBytes?: 0 | 2 | 8;
  /** A length that is not the payload's. */
  readonly declared?: bigint;
}

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export const frameOf = (opcode: number, payload: string | Uint8Array = '', shape: Shape = {}): Buffer => {
  const { fin = true, rsv = 0, mask = [0x37, 0xfa, 0x21, 0x3d] } = shape;
  const bytes = Buffer.from(payload as Uint8Array);
  const length = shape.declared ?? BigInt(bytes.length);
  const lengthBytes = shape.lengthBytes ?? (length < 126n ? 0 : length < 65_536n ? 2 : 8);
  const short = lengthBytes === 0 ? Number(length) : lengthBytes === 2 ? 126 : 127;
  const head = [(fin ? 0x80 : 0) | (rsv << 4) | opcode, (mask === null ? 0 : 0x80) | short];
  const long = Buffer.alloc(lengthBytes);
  if (lengthBytes === 2) long.writeUInt16BE(Number(length));
  if (lengthBytes === 8) long.writeBigUInt64BE(length);
  if (mask === null) return Buffer.concat([Buffer.from(head), long, bytes]);
  const masked = bytes.map((byte, at) => byte ^ (mask[at % 4] ?? 0));
  return Buffer.concat([Buffer.from(head), long, Buffer.from(mask), masked]);
};

export const closeOf = (code: number, reason: string | Uint8Array = ''): Buffer => {
  const bytes = Buffer.from(reason as Uint8Array);
  const payload = Buffer.alloc(2 + bytes.length);
  payload.writeUInt16BE(code);
  bytes.copy(payload, 2);
  return frameOf(OPCODE.close, payload);
};

export const envelopeOf = (type: string, payload: unknown = {}, id: string = crypto.randomUUID()): string =>
  JSON.stringify({ id, type, payload });

/** A head that upgrades, with these headers in place of, or beside, the usual ones; null leaves one out. */
export const upgradeHead = (
  host: string,
  headers: Readonly<Record<string, string | null>> = {},
  requestLine = 'GET /ws HTTP/1.1',
): string => {
  const all: Record<string, string | null> = {
    Host: host,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return `${[requestLine, ...lines].join('\r\n')}\r\n\r\n`;
};

const WAIT_MS = 20_000;

export class RawWebSocket {
  readonly frames = new WaitingList<RawFrame>();
  /** The answer to the upgrade, without the empty line. */
  head = '';
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  readonly #upgraded: Promise<boolean>;
  #bytes = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    let answered: (upgraded: boolean) => void = () => undefined;
    this.#upgraded = new Promise((resolve) => (answered = resolve));
    socket.on('data', (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      if (this.head === '') {
        const end = this.#bytes.indexOf('\r\n\r\n');
        if (end === -1) return;
        this.head = this.#bytes.subarray(0, end).toString('latin1');
        this.#bytes = this.#bytes.subarray(end + 4);
        answered(this.head.startsWith('HTTP/1.1 101 '));
      }
      this.#parse();
    });
    socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      socket.once('close', () => {
        answered(false);
        this.frames.end(new Error('the connection has ended'));
        resolve();
      });
    });
  }

  /** Connects and sends this head; resolves when it is answered, one way or the other. */
  static async open(url: string, head: string, localAddress = '127.0.0.1'): Promise<RawWebSocket> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), localAddress });
    const raw = new RawWebSocket(socket);
    await within(WAIT_MS, 'the connection', once(socket, 'connect'));
    socket.setNoDelay(true).write(head);
    await within(WAIT_MS, 'the answer to an upgrade', raw.#upgraded);
    return raw;
  }

  get upgraded(): boolean {
    return this.head.startsWith('HTTP/1.1 101 ');
  }

  /** Resolves when the kernel has taken the bytes. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#socket.destroyed) return;
    await new Promise<void>((resolve) => {
      this.#socket.write(bytes, () => {
        resolve();
      });
    });
  }

  /** Whether this frame comes: false once nothing has come for so long, or the connection has ended. */
  async heard(wants: (frame: RawFrame) => boolean, silentMs: number): Promise<boolean> {
    const come = this.frames.take('a frame', WAIT_MS, wants).then(
      () => true,
      () => false,
    );
    const silent = new Promise<boolean>((resolve) => {
      this.#socket.removeAllListeners('timeout').setTimeout(silentMs, () => {
        resolve(false);
      });
    });
    return await Promise.race([come, silent]);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #parse(): void {
    for (;;) {
      const [first, second] = this.#bytes;
      if (first === undefined || second === undefined) return;
      const short = second & 0x7f;
      const lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8;
      if (this.#bytes.length < 2 + lengthBytes) return;
      const length =
        lengthBytes === 0
          ? short
          : lengthBytes === 2
            ? this.#bytes.readUInt16BE(2)
            : Number(this.#bytes.readBigUInt64BE(2));
      const end = 2 + lengthBytes + length;
      if (this.#bytes.length < end) return;
      const payload = Buffer.from(this.#bytes.subarray(2 + lengthBytes, end));
      this.frames.add({ opcode: first & 0x0f, fin: (first & 0x80) !== 0, payload });
      this.#bytes = this.#bytes.subarray(end);
    }
  }
}
