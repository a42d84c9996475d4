/** The few bytes of RFC 6455 that a load generator needs: masked text out, whole frames in. Lean, because every
 *  microsecond of the generator is taken from the server under test when both share a machine. */

const FIN = 0x80;
const MASKED = 0x80;
const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
/** Any key but zero: servers may skip unmasking for that one. */
const KEY = [0x5a, 0x13, 0xc7, 0x2e] as const;

/** Bytes of the header of a client's frame, key included. */
export const headerLength = (payload: number): number => (payload < 126 ? 6 : payload < 65_536 ? 8 : 14);

/** Turns the payload that lies at `start` into a client's text frame in place: its header is put into the
 *  `headerLength(length)` bytes before it. */
export const sealFrame = (bytes: Buffer, start: number, length: number, opcode = TEXT): void => {
  const at = start - headerLength(length);
  bytes[at] = FIN | opcode;
  if (length < 126) {
    bytes[at + 1] = MASKED | length;
  } else if (length < 65_536) {
    bytes[at + 1] = MASKED | 126;
    bytes.writeUInt16BE(length, at + 2);
  } else {
    bytes[at + 1] = MASKED | 127;
    bytes.writeBigUInt64BE(BigInt(length), at + 2);
  }
  for (let i = 0; i < 4; i += 1) bytes[start - 4 + i] = KEY[i]!;
  for (let i = 0; i < length; i += 1) bytes[start + i]! ^= KEY[i & 3]!;
};

/** A text as one client's frame. */
export const textFrame = (text: string): Buffer => controlFrame(TEXT, Buffer.from(text));

const controlFrame = (opcode: number, payload: Uint8Array): Buffer => {
  const start = headerLength(payload.length);
  const bytes = Buffer.allocUnsafe(start + payload.length);
  bytes.set(payload, start);
  sealFrame(bytes, start, payload.length, opcode);
  return bytes;
};

export interface FrameSink {
  /** One whole text: the bytes from `start` to `end`, valid until this returns. */
  text(bytes: Buffer, start: number, end: number): void;
  /** The server says goodbye, with its code (1005: none). */
  closed(code: number): void;
  /** Bytes to answer a protocol-level ping with. */
  pong(frame: Buffer): void;
}

/** Cuts what a socket reads into frames. A frame that lies whole in one chunk is not copied. Throws on what a server may not
 *  send: a fragment or a masked frame. */
export class FrameReader {
  readonly #sink: FrameSink;
  #rest: Buffer | null = null;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (;;) {
      const size = frameSize(bytes, at);
      if (size === null) break;
      this.#frame(bytes, at + size.header, at + size.header + size.payload, bytes[at]!);
      at += size.header + size.payload;
    }
    this.#rest = at === bytes.length ? null : Buffer.from(bytes.subarray(at));
  }

  #frame(bytes: Buffer, start: number, end: number, first: number): void {
    if ((first & FIN) === 0) throw new Error('a fragmented frame from the server');
    switch (first & 0x0f) {
      case TEXT:
        this.#sink.text(bytes, start, end);
        break;
      case CLOSE:
        this.#sink.closed(end - start >= 2 ? bytes.readUInt16BE(start) : 1005);
        break;
      case PING:
        this.#sink.pong(controlFrame(PONG, bytes.subarray(start, end)));
        break;
      case PONG:
        break;
      default:
        throw new Error(`a frame of opcode ${first & 0x0f} from the server`);
    }
  }
}

/** Null while the frame that begins at `at` isn't whole. */
const frameSize = (bytes: Buffer, at: number): { header: number; payload: number } | null => {
  const have = bytes.length - at;
  if (have < 2) return null;
  const second = bytes[at + 1]!;
  if ((second & MASKED) !== 0) throw new Error('a masked frame from the server');
  let header = 2;
  let payload = second;
  if (second === 126) {
    if (have < 4) return null;
    header = 4;
    payload = (bytes[at + 2]! << 8) | bytes[at + 3]!;
  } else if (second === 127) {
    if (have < 10) return null;
    header = 10;
    payload = Number(bytes.readBigUInt64BE(at + 2));
  }
  return have < header + payload ? null : { header, payload };
};
