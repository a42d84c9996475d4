import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Problem } from '../../server/protocol/resources/problem.ts';
import { expectStatus, twoPeople } from '../support/chat-client.ts';
import { damagePageOf } from '../support/damaged-page.ts';
import { http } from '../support/http-client.ts';
import { say } from '../support/say.ts';
import { ServerProcess } from '../support/server-process.ts';

const MESSAGES = 120;

test('[P9] [O15] a damaged page: errors that say so, one log line, /readyz fails, and others are served', async (t) => {
  const server = await ServerProcess.start(t);
  const [ada, ben] = await twoPeople(t, server);
  const [cleo, dan] = await twoPeople(t, server);
  const { socket: adas } = await ada.online();
  const { socket: cleos } = await cleo.online();
  const sent = [];
  for (let n = 0; n < MESSAGES; n += 1)
    sent.push(await say(adas, ben, `message ${String(n)} ${'.'.repeat(200)}`));
  const other = await say(cleos, dan, 'of two others');
  const middle = sent[MESSAGES / 2]?.payload;
  assert.ok(middle !== undefined);
  // An orderly stop brings everything from the write-ahead log into the file.
  await server.kill('SIGTERM');
  await server.restart();
  damagePageOf(server.dataDir, middle.message_id);

  const history = `/conversations/${middle.conversation_id}/messages?limit=10&around=`;
  const damaged = expectStatus(await ada.http('GET', `${history}${String(middle.seq)}`), 500).json<Problem>();
  assert.equal(damaged.code, 'internal');
  assert.match(damaged.detail, /damaged/);
  const line = await server.run.line('store.fault');
  assert.equal(line['kind'], 'damaged');
  assert.match(String(line['advice']), /restore/);
  for (let again = 0; again < 3; again += 1) {
    expectStatus(await ada.http('GET', `${history}${String(middle.seq)}`), 500);
  }
  assert.equal(server.run.output.split('"store.fault"').length, 2, 'told once');
  const ready = expectStatus(await http('GET', `${server.url}/readyz`), 503).json<{ checks: object }>();
  assert.deepEqual(ready.checks, { ...ready.checks, store: 'damaged', writer: 'ok' });

  // A write that needs what is damaged says so too, and does not ask to be repeated for ever.
  const { socket: writing } = await ada.online();
  const ref = writing.send('reaction', { message_id: middle.message_id, emoji: '👍' });
  const refused = (await writing.next('error', ({ payload }) => payload.ref === ref)).payload;
  assert.equal(refused.code, 'internal');
  assert.match(JSON.stringify(refused), /damaged/);

  // A replay that runs into the damage ends, and does not ask again for ever.
  const replaying = await ada.connect({ cursor: 1 });
  const error = await replaying.next('error');
  assert.deepEqual([error.payload.code, error.payload.ref], ['internal', null]);
  assert.equal((await replaying.closed).code, 1011);

  // What is whole is served: the newest messages of the same conversation, and everything of two others.
  expectStatus(await ada.http('GET', `/conversations/${middle.conversation_id}/messages?limit=5`), 200);
  assert.equal((await dan.history(other.payload.conversation_id)).length, 1);
  const { socket: dans } = await dan.online({ cursor: 0 });
  await dans.next('message', ({ payload }) => payload.content === 'of two others');
  const { socket: back } = await cleo.online();
  await say(back, dan, 'and they write on');
  await dans.next('message', ({ payload }) => payload.content === 'and they write on');
});
