import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { StreamEnd } from '../../../server/edge/http/answer.ts';
import { FileOf, openRoute, type Route } from '../../../server/edge/api/route.ts';
import { within } from '../../support/deadline.ts';
import { eventually } from '../../support/eventually.ts';
import { httpStage } from '../../support/http-stage.ts';

const MIB = 1024 * 1024;
/** Every byte says where it stands, so that nothing can be lost, doubled or swapped. */
const bytesAt = (from: number, size: number): Buffer =>
  Buffer.from(Array.from({ length: size }, (_, at) => (((from + at) >>> 8) ^ (from + at)) & 255));

interface Stage {
  readonly socket: Socket;
  readonly ending: Promise<StreamEnd>;
  made: number;
}

/** A route whose body is said to have `length` bytes, and has pieces of these sizes. */
const staged = async (t: TestContext, length: number, sizes: readonly number[]): Promise<Stage> => {
  let end: (how: StreamEnd) => void = () => undefined;
  const ending = new Promise<StreamEnd>((resolve) => {
    end = resolve;
  });
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (const size of sizes) {
      await new Promise((resolve) => setImmediate(resolve));
      yield bytesAt(stage.made, size);
      stage.made += size;
    }
  }
  const route: Route = openRoute({
    method: 'GET',
    path: '/file',
    ...{ tag: 'server', summary: '', description: '' },
    answers: { 200: new FileOf(['application/zip']) },
    handle: () => {
      const stream = { length, chunks: pieces(), cut: new AbortController().signal, ended: end };
      return { status: 200, file: { type: 'application/zip', stream } } as const;
    },
  });
  const { port } = await httpStage(t, [route]);
  const socket = connect(port, '127.0.0.1');
  t.after(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  const stage: Stage = { socket, ending, made: 0 };
  return stage;
};

const ASK = 'GET /file HTTP/1.1\r\nHost: x\r\n\r\n';

/** Everything that comes, until `isEnough`. */
const heard = async (socket: Socket, isEnough: (all: Buffer) => boolean): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await eventually('the answer', () => isEnough(Buffer.concat(chunks)) || socket.closed, 20_000);
  socket.removeAllListeners('data');
  return Buffer.concat(chunks);
};

const headAndBody = (all: Buffer): { readonly head: string; readonly body: Buffer } => {
  const at = all.indexOf('\r\n\r\n');
  return { head: all.subarray(0, at).toString('latin1'), body: all.subarray(at + 4) };
};

for (const sizes of [[1], [100, 1, 100], [262_144, 262_144, 7], Array.from({ length: 40 }, () => 262_144)])
  test(`a body of ${String(sizes.length)} pieces and a known length arrives whole, and the connection serves another request`, async (t) => {
    const length = sizes.reduce((sum, each) => sum + each, 0);
    const { socket, ending } = await staged(t, length, sizes);
    socket.write(ASK);
    const { head, body } = headAndBody(await heard(socket, (all) => headAndBody(all).body.length >= length));
    assert.match(
      head,
      new RegExp(`^HTTP/1\\.1 200 OK[\\s\\S]*\\r\\nContent-Length: ${String(length)}(\\r\\n|$)`),
    );
    assert.doesNotMatch(head, /transfer-encoding/i);
    assert.ok(body.equals(bytesAt(0, length)));
    assert.equal(await ending, 'sent');
    socket.write('GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n');
    assert.match(String(await heard(socket, (all) => all.includes('HTTP/1.1'))), /^HTTP\/1\.1 404/);
  });

test('a client that reads slowly is waited for, and gets every byte once', async (t) => {
  const sizes = Array.from({ length: 128 }, () => MIB / 4);
  const stage = await staged(t, 32 * MIB, sizes);
  const { socket, ending } = stage;
  socket.pause();
  socket.write(ASK);
  let before = -1;
  await eventually('the body to be waited with', () => {
    const stands = stage.made > 0 && stage.made === before;
    before = stage.made;
    return stands;
  });
  assert.ok(before < 24 * MIB, 'all of it was made for nobody');
  // A bit at a time, so that it is waited for again and again.
  const chunks: Buffer[] = [];
  let size = 0;
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    socket.pause();
    setImmediate(() => socket.resume());
  });
  socket.resume();
  await eventually('the end', () => size > 32 * MIB, 30_000);
  const { body } = headAndBody(Buffer.concat(chunks));
  assert.equal(body.length, 32 * MIB);
  assert.ok(body.equals(bytesAt(0, 32 * MIB)));
  assert.equal(await ending, 'sent');
});

for (const [what, length, sizes] of [
  ['shorter', 100, [50]],
  ['longer', 100, [50, 60]],
  ['much shorter', 100, []],
] as const)
  test(`a body that is ${what} than it was said to be is not taken for whole`, async (t) => {
    const { socket, ending } = await staged(t, length, sizes);
    socket.write(ASK);
    const { body } = headAndBody(await heard(socket, () => false));
    assert.ok(body.length < length);
    assert.equal(await ending, 'failed');
  });

test('a client that goes away ends the body', async (t) => {
  const stage = await staged(
    t,
    64 * MIB,
    Array.from({ length: 256 }, () => MIB / 4),
  );
  stage.socket.pause();
  stage.socket.write(ASK);
  await eventually('the body to begin', () => stage.made > 0);
  stage.socket.destroy();
  assert.equal(await within(5_000, 'the end', stage.ending), 'gone');
  assert.ok(stage.made < 64 * MIB);
});

test('a connection that the client wants to be closed is closed after the last byte', async (t) => {
  const { socket, ending } = await staged(t, 300_000, [300_000]);
  socket.write(ASK.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
  const { head, body } = headAndBody(await heard(socket, () => false));
  assert.match(head, /\r\nConnection: close(\r\n|$)/);
  assert.equal(body.length, 300_000);
  assert.equal(await ending, 'sent');
});
