import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import { FrameReader, headerLength, textFrame } from '../../perf/load/frame.ts';
import { LeanSocket } from '../../perf/load/socket.ts';

/** A server's frame: not masked. */
const serverFrame = (text: string, opcode = 1): Buffer => {
  const payload = Buffer.from(text);
  const header =
    payload.length < 126
      ? Buffer.from([0x80 | opcode, payload.length])
      : payload.length < 65_536
        ? Buffer.from([0x80 | opcode, 126, payload.length >> 8, payload.length & 255])
        : Buffer.concat([Buffer.from([0x80 | opcode, 127, 0, 0, 0, 0]), uint32(payload.length)]);
  return Buffer.concat([header, payload]);
};
const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const reading = () => {
  const texts: string[] = [];
  const codes: number[] = [];
  const pongs: Buffer[] = [];
  const reader = new FrameReader({
    text: (bytes, start, end) => texts.push(bytes.toString('utf8', start, end)),
    closed: (code) => codes.push(code),
    pong: (frame) => pongs.push(frame),
  });
  return { reader, texts, codes, pongs };
};

/** Longer than the longest header. */
const NEAR = 32;
const TEXTS = ['', 'a', 'grüße 👋', 'x'.repeat(125), 'y'.repeat(126), 'z'.repeat(65_535), 'w'.repeat(65_536)];

/** Reads of `step` bytes around every border of a frame. What lies between is read in one go: in steps of one byte it would
 *  be copied as often as it has bytes. */
const cuts = function* (length: number, step: number): Generator<readonly [number, number]> {
  let border = 0;
  const borders = TEXTS.map((text) => (border += serverFrame(text).length));
  const isNear = (at: number): boolean => [0, ...borders].some((each) => Math.abs(each - at) < NEAR);
  for (let from = 0, to = 0; from < length; from = to) {
    to = Math.min(from + step, length);
    if (!isNear(from)) to = Math.max(to, Math.min(...borders.filter((each) => each > from)) - NEAR + 1);
    yield [from, to];
  }
};

test('frames are cut the same way wherever the reads end', () => {
  const stream = Buffer.concat(TEXTS.map((text) => serverFrame(text)));
  for (const step of [1, 2, 3, 7, 1_000, 65_537, stream.length]) {
    const { reader, texts } = reading();
    for (const [from, to] of cuts(stream.length, step)) reader.push(stream.subarray(from, to));
    assert.deepEqual(texts, TEXTS, `in steps of ${String(step)}`);
  }
});

test('a close tells its code, a ping is answered with its own bytes', () => {
  const { reader, codes, pongs } = reading();
  reader.push(Buffer.concat([serverFrame('are you there', 9), Buffer.from([0x88, 2, 0x11, 0x3a])]));
  assert.deepEqual(codes, [4410]);
  assert.equal(pongs.length, 1);
  const [pong = Buffer.alloc(0)] = pongs;
  const key = pong.subarray(2, 6);
  const payload = pong.subarray(6).map((byte, i) => byte ^ (key[i & 3] ?? 0));
  assert.equal(pong[0], 0x8a);
  assert.equal(Buffer.from(payload).toString(), 'are you there');
});

test('what a server may not send is an error', () => {
  assert.throws(() => {
    reading().reader.push(Buffer.from([0x01, 1, 0x61]));
  }, /fragment/);
  assert.throws(() => {
    reading().reader.push(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x61]));
  }, /masked/);
  assert.throws(() => {
    reading().reader.push(Buffer.from([0x83, 1, 0x61]));
  }, /opcode 3/);
});

test('the header has room for the length', () => {
  assert.deepEqual([0, 125, 126, 65_535, 65_536].map(headerLength), [6, 6, 8, 8, 14]);
});

test('a real server reads what we write, and we what it writes', async (t) => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  t.after(() => {
    server.close();
  });
  await once(server, 'listening');
  server.on('connection', (socket: WebSocket) => {
    socket.on('message', (data: Buffer, isBinary) => {
      assert.equal(isBinary, false);
      socket.send(data.toString('utf8'));
    });
  });
  const came: string[] = [];
  const socket = await new Promise<LeanSocket>((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    const lean: LeanSocket = new LeanSocket(
      { host: '127.0.0.1', port, token: 'any' },
      {
        text: (bytes, start, end) => {
          came.push(bytes.toString('utf8', start, end));
          if (came.length === TEXTS.length) resolve(lean);
        },
        closed: (code) => {
          reject(new Error(`closed ${String(code)}`));
        },
      },
      reject,
    );
    server.once('connection', () => {
      for (const text of TEXTS) lean.write(textFrame(text));
    });
  });
  socket.destroy();
  assert.deepEqual(came, TEXTS);
});
