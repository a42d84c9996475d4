import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { CONTENT_MAX_CODE_POINTS, UNSENT_MAX_BYTES } from '../../server/protocol/limits.ts';
import { twoPeople } from '../support/chat-client.ts';
import { assertNoHole } from '../support/cursors.ts';
import { eventually } from '../support/eventually.ts';
import { figureOf, metricsUrl } from '../support/metrics.ts';
import { ServerProcess } from '../support/server-process.ts';

const server = await ServerProcess.start({ after }, { PARLEY_METRICS_PORT: '0' });
const metrics = await metricsUrl(server);
const sockets = (state: string): Promise<number> => figureOf(metrics, `parley_sockets{state="${state}"}`);

/** Of four bytes a code point: 20 KB a message. */
const LONG = '𝄞'.repeat(CONTENT_MAX_CODE_POINTS);

test('[P9][P4] who does not read lags, is kept, and gets everything without a gap once they read again', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const [a, b] = await Promise.all([ada.online(), ben.online()]);
  b.socket.pause();
  // Whatever the kernel keeps between the two: on until the server has noticed for good. Where the socket filled up while a
  // page of the log was sent, it is the rest of that page that waits.
  const ids: string[] = [];
  const isBehind = async (): Promise<boolean> =>
    (await sockets('lagging')) + (await sockets('reading')) === 1;
  let rounds = 0;
  await eventually('the reader to lag', async () => {
    const batch = Array.from({ length: 50 }, () => crypto.randomUUID());
    for (const id of batch) a.socket.send('message', { recipient_id: ben.id, content: LONG }, id);
    for (const id of batch) assert.equal((await a.socket.answerTo(id)).type, 'ack');
    ids.push(...batch);
    rounds = (await isBehind()) ? rounds + 1 : 0;
    return rounds === 3;
  });
  for (let i = 0; i < 100; i += 1) {
    const id = a.socket.send('message', { recipient_id: ben.id, content: LONG });
    assert.equal((await a.socket.answerTo(id)).type, 'ack');
    ids.push(id);
  }
  assert.ok(100 * Buffer.byteLength(LONG) > UNSENT_MAX_BYTES, 'more than may lie unsent has come meanwhile');
  assert.ok(await isBehind());
  b.socket.resume();
  await b.socket.next('message', ({ payload }) => payload.message_id === ids.at(-1));
  const got = b.socket.received.flatMap((frame) =>
    frame.type === 'message' ? [frame.payload.message_id] : [],
  );
  assert.deepEqual(got, ids, 'each once, in order');
  assertNoHole(b.socket.received, 0);
  await b.socket.roundTrip();
  assert.ok(!(await isBehind()));
});

test('[P9] who asks and never reads is closed with 4429 once 1 MiB lies unsent', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const [a, b] = await Promise.all([ada.online(), ben.online()]);
  const open = await sockets('live');
  a.socket.pause();
  let asked = 0;
  await eventually('the server to give up', async () => {
    for (let i = 0; i < 5_000; i += 1) a.socket.send('ping', {});
    asked += 5_000;
    return (await sockets('live')) < open;
  });
  assert.ok(asked * 100 > UNSENT_MAX_BYTES);
  a.socket.resume();
  assert.equal((await a.socket.closed).code, 4429);
  await b.socket.roundTrip();
});
