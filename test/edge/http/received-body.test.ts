import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { answer, openRoute, StreamedUpload, type Route } from '../../../server/edge/api/route.ts';
import { attachmentLimits } from '../../../server/protocol/resources/attachment.ts';
import { LEAST_BYTES, LEAST_WITHIN_MS, type ReceivedBody } from '../../../server/edge/http/received-body.ts';
import { ParleyError } from '../../../server/protocol/errors.ts';
import { systemClock, type Clock } from '../../../server/runtime/clock.ts';
import { eventually } from '../../support/eventually.ts';
import { httpStage } from '../../support/http-stage.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { rawAnswer } from '../../support/raw-http.ts';

const MIB = 1024 * 1024;

/** A route that hands its body to `take`, and answers with the number that it gives. */
const taking = (take: (body: ReceivedBody) => Promise<number>): Route =>
  openRoute({
    method: 'POST',
    path: '/file',
    ...{ tag: 'server', summary: '', description: '' },
    upload: new StreamedUpload(),
    answers: { 201: attachmentLimits },
    handle: async ({ upload }) =>
      answer(201, { max_bytes: await take(upload), per_message: 0, resumable: true }),
  });

const sizeOf = async (body: ReceivedBody): Promise<number> => {
  let size = 0;
  for await (const piece of body.pieces()) size += piece.byteLength;
  return size;
};

const connected = async (t: TestContext, route: Route, clock: Clock = systemClock): Promise<Socket> => {
  const { port } = await httpStage(t, [route], undefined, clock);
  const socket = connect(port, '127.0.0.1');
  t.after(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  return socket;
};

const head = (size: number): string =>
  `POST /file HTTP/1.1\r\nHost: x\r\nContent-Length: ${String(size)}\r\n\r\n`;

test('[G8] no more than 768 KiB of a body are read before they are taken', async (t) => {
  const size = 64 * MIB;
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const socket = await connected(
    t,
    taking(async (body) => {
      await opened;
      let total = 0;
      for await (const piece of body.pieces()) {
        assert.ok(piece.byteLength <= 768 * 1024);
        assert.equal(piece[0], total & 255);
        assert.equal(piece.at(-1), (total + piece.byteLength - 1) & 255);
        total += piece.byteLength;
      }
      return total;
    }),
  );
  const block = Buffer.from(Array.from({ length: MIB }, (_, at) => at & 255));
  socket.write(head(size));
  for (let sent = 0; sent < size; sent += MIB) socket.write(block);
  // What the kernels of both sides hold is a few MiB: it stands still long before the end.
  let before = -1;
  await eventually('the body to be waited with', () => {
    const stands = socket.bytesWritten - socket.writableLength === before;
    before = socket.bytesWritten - socket.writableLength;
    return Promise.resolve(stands);
  });
  assert.ok(before < size / 2, `${String(before)} bytes were taken before anybody asked`);
  open();
  assert.match(await rawAnswer(socket, ''), / 201 [\s\S]*"max_bytes":67108864/);
});

test('[T3] a body may come for minutes, at 1 KiB a second, and no slower', async (t) => {
  const clock = new ManualClock();
  const rounds = 5;
  let received = 0;
  const counting = taking(async (body) => {
    for await (const piece of body.pieces()) received += piece.byteLength;
    return received;
  });
  const [socket, slow] = [await connected(t, counting, clock), await connected(t, counting, clock)];
  slow.write(`${head(rounds * LEAST_BYTES)}x`);
  await eventually('the slow one to be heard', () => Promise.resolve(received === 1));
  socket.write(head(rounds * LEAST_BYTES));
  for (let round = 1; round < rounds; round += 1) {
    socket.write(Buffer.alloc(LEAST_BYTES));
    await eventually('a part to be taken', () => Promise.resolve(received === 1 + round * LEAST_BYTES));
    for (let ms = 0; ms < LEAST_WITHIN_MS - 3_000; ms += 3_000) clock.advance(3_000);
  }
  assert.match(await rawAnswer(slow, ''), /^HTTP\/1\.1 400 [\s\S]*too slowly/);
  assert.match(await rawAnswer(socket, 'x'.repeat(LEAST_BYTES)), / 201 /);
});

test('a refusal is answered before the body is there, and the connection goes on', async (t) => {
  const socket = await connected(
    t,
    taking(() => Promise.reject(new ParleyError('conflict', 'not now'))),
  );
  assert.match(await rawAnswer(socket, head(4 * MIB)), /^HTTP\/1\.1 409 /);
  socket.write(Buffer.alloc(4 * MIB));
  assert.match(await rawAnswer(socket, head(0)), /^HTTP\/1\.1 409 /);
});

test('a body that breaks off, or is refused on the way, ends whoever reads it', async (t) => {
  const bodies: ReceivedBody[] = [];
  const ends: unknown[] = [];
  const route = taking((body) => {
    bodies.push(body);
    return sizeOf(body).catch((error: unknown) => {
      ends.push(error);
      throw error;
    });
  });
  const [first, second] = [await connected(t, route), await connected(t, route)];
  first.write(`${head(10)}abc`);
  second.write(`${head(10)}abc`);
  await eventually('both to be heard', () => Promise.resolve(bodies.length === 2));
  first.destroy();
  await eventually('the first to end', () => Promise.resolve(ends.length === 1));
  assert.match(String(ends[0]), /ended before its body/);
  bodies[1]?.refuse(new ParleyError('unavailable', 'stopping'));
  assert.match(await rawAnswer(second, ''), /^HTTP\/1\.1 503 /);
});
