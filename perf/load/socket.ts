import { connect, type Socket } from 'node:net';
import { FrameReader, type FrameSink } from './frame.ts';

export interface SocketTarget {
  readonly host: string;
  readonly port: number;
  readonly localAddress?: string;
  readonly token: string;
  /** Resume after this number. */
  readonly cursor?: number;
}

/** What comes of a connection. */
export interface SocketSink extends Omit<FrameSink, 'pong'> {
  /** All frames of one read have been told. */
  chunkRead?(): void;
}

/** Sockets of a thread read one after the other, so one buffer does for all. */
const READ_BYTES = 64 * 1024;
const shared = Buffer.allocUnsafeSlow(READ_BYTES);
const HEAD_END = Buffer.from('\r\n\r\n');

/** How many sockets share one loopback address; it has 28,000 ports. */
const PER_ADDRESS = 20_000;

/** The address that the `index`th socket of a machine comes from. The first many leave it to the kernel: a port that is bound before
 *  it is connected must be free towards everybody, and the search for one takes longer than the connection. */
export const localAddress = (index: number): { readonly localAddress?: string } =>
  index < PER_ADDRESS ? {} : { localAddress: `127.0.0.${1 + Math.floor(index / PER_ADDRESS)}` };

const handshake = ({ host, port, token, cursor }: SocketTarget): string =>
  `GET /ws${cursor === undefined ? '' : `?cursor=${cursor}`} HTTP/1.1\r\nHost: ${host}:${port}\r\n` +
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
  `Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\nAuthorization: Bearer ${token}\r\n\r\n`;

/** One WebSocket connection over a bare TCP socket. What the sink throws, and a connection that ends by itself, is told to
 *  `fail`. */
export class LeanSocket {
  readonly #socket: Socket;
  readonly #reader: FrameReader;
  readonly #sink: SocketSink;
  readonly #fail: (error: Error) => void;
  #head: Buffer | null = Buffer.alloc(0);
  #ended = false;

  constructor(target: SocketTarget, sink: SocketSink, fail: (error: Error) => void) {
    this.#sink = sink;
    this.#fail = fail;
    this.#reader = new FrameReader({
      text: (bytes, start, end) => {
        sink.text(bytes, start, end);
      },
      closed: (code) => {
        sink.closed(code);
      },
      pong: (frame) => {
        this.write(frame);
      },
    });
    this.#socket = connect({
      host: target.host,
      port: target.port,
      ...(target.localAddress === undefined ? {} : { localAddress: target.localAddress }),
      noDelay: true,
      onread: {
        buffer: shared,
        callback: (length) => {
          this.#read(shared.subarray(0, length));
          return true;
        },
      },
    });
    this.#socket.once('connect', () => {
      this.#socket.write(handshake(target), 'latin1');
    });
    this.#socket.on('error', (error) => {
      this.#end(error);
    });
    this.#socket.on('close', () => {
      this.#end(new Error('the server closed a connection'));
    });
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Without a word: the run is over. */
  destroy(): void {
    this.#ended = true;
    this.#socket.destroy();
  }

  #end(error: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    const { bytesRead, bytesWritten } = this.#socket;
    const place = this.#head === null ? '' : ' before the upgrade';
    this.#fail(new Error(`${error.message}${place}, ${bytesRead} bytes read, ${bytesWritten} written`));
  }

  #read(chunk: Buffer): void {
    try {
      if (this.#head === null) this.#reader.push(chunk);
      else this.#readHead(chunk);
      this.#sink.chunkRead?.();
    } catch (error) {
      this.#end(error as Error);
      this.#socket.destroy();
    }
  }

  #readHead(chunk: Buffer): void {
    const head = Buffer.concat([this.#head ?? chunk, chunk]);
    const end = head.indexOf(HEAD_END);
    if (end < 0) {
      this.#head = head;
      return;
    }
    this.#head = null;
    if (!head.toString('latin1', 0, 13).startsWith('HTTP/1.1 101')) {
      throw new Error(`the server refused a connection: ${head.toString('utf8')}`);
    }
    const rest = head.subarray(end + HEAD_END.length);
    if (rest.length > 0) this.#reader.push(rest);
  }
}
