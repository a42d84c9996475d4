import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { REQUESTS_PER_PERSON } from '../../server/edge/api/request-limiter.ts';
import { SIGNALS_BURST } from '../../server/edge/ws/send-rate.ts';
import { twoPeople } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { figureOf, metricsUrl } from '../support/metrics.ts';
import { say } from '../support/say.ts';
import { count, scaled } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

/** S-17: what one person does too much of is paid for by nobody else. Messages, sign-ups, sockets: see test/system/limits. */
const FLOOD = scaled({ sample: 2_000, long: 20_000 });
const SEARCHES = scaled({ sample: 150, long: 1_000 });
const server = await ServerProcess.start({ after }, { PARLEY_METRICS_PORT: '0' });
const metrics = await metricsUrl(server);

test('[R4] typing in a flood: the other hears a burst of it, and everything that counts', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const { id } = await ada.conversationWith(ben);
  const [a, b] = await Promise.all([ada.online(), ben.online()]);
  for (let i = 0; i < FLOOD; i += 1) a.socket.send('typing', { conversation_id: id, typing: i % 2 === 0 });
  const { payload } = await say(a.socket, ben, 'done');
  await b.socket.next('message', (frame) => frame.payload.message_id === payload.message_id);
  const heard = b.socket.received.filter(({ type }) => type === 'typing').length;
  assert.ok(heard > 0 && heard < SIGNALS_BURST + FLOOD / 10, String(heard));
  count(t, 'S-17 typing', { sent: FLOOD, heard });
});

test('[R4] presence in a flood is refused aloud, and the last word that was taken stands', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const [a, b] = await Promise.all([ada.online(), ben.online()]);
  await say(a.socket, ben, 'who may see me');
  for (let i = 0; i < FLOOD; i += 1)
    a.socket.send('presence', { status: i % 2 === 0 ? 'offline' : 'online' });
  await a.socket.roundTrip();
  const refused = a.socket.received.filter(
    (frame) => frame.type === 'error' && frame.payload.code === 'too_many_requests',
  ).length;
  assert.ok(refused > FLOOD / 2 && refused <= FLOOD - SIGNALS_BURST, String(refused));
  await eventually('to be let again', async () => {
    const id = a.socket.send('presence', { status: 'offline' });
    await a.socket.roundTrip();
    return !a.socket.received.some((frame) => frame.type === 'error' && frame.payload.ref === id);
  });
  await eventually(
    'the last word to stand',
    async () => ((await ben.user(ada.id)) as { status?: string }).status === 'offline',
  );
  await b.socket.roundTrip();
  count(t, 'S-17 presence', { sent: FLOOD, refused });
});

test('[R5] searches in a flood: one person’s turns are limited, another is served meanwhile', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const a = await ada.online();
  for (let i = 0; i < 50; i += 1) await say(a.socket, ben, `something to find ${String(i)}`);
  const flood = Array.from({ length: SEARCHES }, () => ada.http('GET', '/search?q=e'));
  const others = await Promise.all(Array.from({ length: 5 }, () => ben.http('GET', '/search?q=find')));
  for (const { status } of others) assert.equal(status, 200);
  const statuses = (await Promise.all(flood)).map(({ status }) => status);
  assert.deepEqual(
    [...new Set(statuses)].filter((status) => status !== 200 && status !== 503),
    [],
  );
  assert.ok(statuses.filter((status) => status === 200).length >= REQUESTS_PER_PERSON);
  assert.equal((await ada.http('GET', '/search?q=e')).status, 200, 'and afterwards all is as before');
  count(t, 'S-17 searches', { sent: SEARCHES, served: statuses.filter((status) => status === 200).length });
});

test('[P9] replays, renewals and receipts in a flood: the connection answers, others don’t notice, memory stays', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const [a, b] = await Promise.all([ada.online(), ben.online()]);
  const { payload } = await say(a.socket, ben, 'one');
  const before = await figureOf(metrics, 'parley_resident_memory_bytes');
  for (let i = 0; i < FLOOD / 4; i += 1) {
    b.socket.send('sync', { cursor: 0 });
    b.socket.send('auth', { token: ben.accessToken });
    b.socket.send('ack', { message_id: payload.message_id, status: 'read' });
    b.socket.send('pong', {});
  }
  const delivered = await say(a.socket, ben, 'two');
  await b.socket.next('message', (frame) => frame.payload.message_id === delivered.payload.message_id);
  await b.socket.roundTrip();
  const grown = (await figureOf(metrics, 'parley_resident_memory_bytes')) - before;
  const read = a.socket.received.filter(
    (frame) => frame.type === 'ack' && frame.payload.status === 'read',
  ).length;
  assert.equal(read, 1, 'a receipt is told once');
  count(t, 'S-17 others', { sent: FLOOD, grownMiB: Math.round(grown / 1024 / 1024) });
});
