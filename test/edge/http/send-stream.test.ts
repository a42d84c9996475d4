import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { StreamedBody, StreamEnd } from '../../../server/edge/http/answer.ts';
import { FileOf, openRoute, type Route } from '../../../server/edge/api/route.ts';
import { STALLED_MS } from '../../../server/edge/http/send-stream.ts';
import { systemClock } from '../../../server/runtime/clock.ts';
import { within } from '../../support/deadline.ts';
import { eventually } from '../../support/eventually.ts';
import { httpStage } from '../../support/http-stage.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { testInExtended } from '../../support/scale.ts';

const PIECE = Buffer.alloc(16_000, 'x');
/** With this many pieces a body is larger than what the kernel takes for a client that does not read. */
const MANY = 4_000;

/** A body that counts what of it was asked for, and how it ended. */
class Body implements StreamedBody {
  made = 0;
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly ending: Promise<StreamEnd>;
  readonly #cut = new AbortController();
  #end: (how: StreamEnd) => void = () => undefined;
  #ends = 0;

  constructor(pieces: number, fault: Error | null = null) {
    this.ending = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.chunks = this.#make(pieces, fault);
  }

  get cut(): AbortSignal {
    return this.#cut.signal;
  }

  abort(): void {
    this.#cut.abort();
  }

  ended(how: StreamEnd): void {
    this.#ends += 1;
    assert.equal(this.#ends, 1, 'it has ended before');
    this.#end(how);
  }

  async *#make(pieces: number, fault: Error | null): AsyncGenerator<Uint8Array> {
    for (; this.made < pieces; this.made += 1) {
      // Like a read of the store: not in this turn.
      if (this.made % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
      yield PIECE;
    }
    if (fault !== null) throw fault;
  }
}

const streaming = (body: Body): Route =>
  openRoute({
    method: 'GET',
    path: '/file',
    ...{ tag: 'server', summary: '', description: '' },
    answers: { 200: new FileOf(['application/zip']) },
    handle: () => ({ status: 200, file: { type: 'application/zip', stream: body } }) as const,
  });

const asked = async (t: TestContext, url: string): Promise<IncomingMessage> => {
  const request = get(`${url}/file`, { agent: false });
  t.after(() => {
    request.destroy();
  });
  const [response] = (await within(10_000, 'the head', once(request, 'response'))) as [IncomingMessage];
  return response;
};

/** How many bytes come, and whether that is all. */
const received = async (response: IncomingMessage): Promise<{ bytes: number; isWhole: boolean }> => {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => (bytes += chunk.length)).resume();
  const isWhole = await new Promise<boolean>((resolve) => {
    response
      .on('end', () => {
        resolve(response.complete);
      })
      .on('error', () => {
        resolve(false);
      });
  });
  return { bytes, isWhole };
};

/** Waits until no more of the body is asked for. */
const standsStill = async (body: Body): Promise<void> => {
  let before = -1;
  await eventually('the body to be waited with', () => {
    const stands = body.made > 0 && body.made === before;
    before = body.made;
    return Promise.resolve(stands);
  });
};

for (const pieces of [1, 3, 4, 5, 1_000])
  test(`a streamed body of ${String(pieces)} pieces arrives whole, and the connection serves another request`, async (t) => {
    const body = new Body(pieces);
    const { url, port } = await httpStage(t, [streaming(body)]);
    const response = await asked(t, url);
    assert.equal(response.headers['content-length'], undefined);
    assert.equal(response.headers['content-type'], 'application/zip');
    assert.deepEqual(await received(response), { bytes: pieces * PIECE.length, isWhole: true });
    assert.equal(await body.ending, 'sent');
    const again = new Body(1);
    const stage = await httpStage(t, [streaming(again)]);
    assert.notEqual(stage.port, port);
    const socket = connect(stage.port, '127.0.0.1');
    t.after(() => {
      socket.destroy();
    });
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
    socket.write('GET /file HTTP/1.1\r\nHost: x\r\n\r\n');
    await eventually('the end of the body', () => Promise.resolve(heard.endsWith('\r\n0\r\n\r\n')));
    socket.write('GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n');
    await eventually('the next answer', () => Promise.resolve(heard.includes('HTTP/1.1 404')));
  });

testInExtended('a client that reads slowly is waited for, and gets everything', async (t) => {
  const body = new Body(MANY);
  const { url } = await httpStage(t, [streaming(body)]);
  const response = await asked(t, url);
  response.pause();
  await standsStill(body);
  assert.ok(body.made < MANY, 'all of it was made for nobody');
  // uWS would cut off whoever takes nothing for so long; it does not count while a body is waited with.
  await new Promise<void>((resolve) => systemClock.after(13_000, resolve));
  assert.deepEqual(await received(response), { bytes: MANY * PIECE.length, isWhole: true });
  assert.equal(await body.ending, 'sent');
});

test('a body that fails on the way is not taken for whole', async (t) => {
  const body = new Body(200, new Error('the store is gone'));
  const { url } = await httpStage(t, [streaming(body)]);
  const { bytes, isWhole } = await received(await asked(t, url));
  assert.equal(isWhole, false);
  assert.ok(bytes < 200 * PIECE.length);
  assert.equal(await body.ending, 'failed');
});

test('a body that its maker cuts ends at once, even while nobody reads', async (t) => {
  const body = new Body(MANY);
  const { url } = await httpStage(t, [streaming(body)]);
  const response = await asked(t, url);
  response.pause();
  await standsStill(body);
  body.abort();
  assert.equal(await within(1_000, 'the end', body.ending), 'cut');
  assert.equal((await received(response)).isWhole, false);
});

test('a client that takes nothing any more loses its connection', async (t) => {
  const body = new Body(MANY);
  const clock = new ManualClock();
  const { url } = await httpStage(t, [streaming(body)], undefined, clock);
  const response = await asked(t, url);
  response.pause();
  await standsStill(body);
  clock.advance(STALLED_MS - 1);
  clock.advance(1);
  assert.equal(await within(1_000, 'the end', body.ending), 'stalled');
  assert.equal((await received(response)).isWhole, false);
});

test('a client that goes away ends the body', async (t) => {
  const body = new Body(MANY);
  const { url } = await httpStage(t, [streaming(body)]);
  const response = await asked(t, url);
  response.pause();
  await standsStill(body);
  response.destroy();
  assert.equal(await within(5_000, 'the end', body.ending), 'gone');
});

test('HEAD has the head alone, and the body is not begun', async (t) => {
  const body = new Body(MANY);
  const { url } = await httpStage(t, [streaming(body)]);
  const response = await fetch(`${url}/file`, { method: 'HEAD' });
  assert.equal(response.headers.get('content-type'), 'application/zip');
  assert.equal(await body.ending, 'gone');
  assert.equal(body.made, 0);
});
