import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PEOPLE_MAX } from '../../../server/actors/connection/conflating-buffer.ts';
import { openLive } from '../../support/connection-stage.ts';

const about = (person: string, state: string) =>
  ({ type: 'ephemeral', about: person, frame: JSON.stringify({ type: `${person} ${state}` }) }) as const;
const typing = { type: 'ephemeral', frame: '{"type":"typing"}' } as const;

test('[P9] a full socket gets the newest state of each person when it has room, and no moment gone by', async () => {
  const { socket, context } = await openLive(4);
  socket.room = 0;
  await context.give(about('a', 'online'));
  await context.give(about('b', 'online'));
  await context.give(about('a', 'offline'));
  await context.give(typing);
  assert.deepEqual(socket.taken(), []);
  socket.room = 10;
  await context.give(about('b', 'offline'));
  await context.give({ type: 'drained' });
  assert.deepEqual(socket.taken(), ['b offline', 'a offline']);
});

test('[P9] a connection that would have to be told too many states is closed, and comes back', async () => {
  const { socket, context } = await openLive(4);
  socket.room = 0;
  for (let i = 0; i < PEOPLE_MAX; i += 1) await context.give(about(String(i), 'online'));
  await context.give(about('0', 'offline'));
  assert.equal(socket.closeCode, 0);
  await context.give(about('one more', 'online'));
  assert.equal(socket.closeCode, 1013);
});

test('[H5][P6] a host that has to compare first tells neither presence nor typing, and the newest presence afterwards', async () => {
  let isCurrent = true;
  const { socket, context } = await openLive(4, { isCurrent: () => isCurrent });
  isCurrent = false;
  await context.give(about('a', 'online'));
  await context.give(about('b', 'online'));
  await context.give(about('a', 'offline'));
  await context.give(typing);
  await context.give({ type: 'drained' });
  await context.advance(5_000);
  assert.deepEqual(socket.taken(), []);
  isCurrent = true;
  await context.give(about('b', 'offline'));
  await context.advance(200);
  assert.deepEqual(socket.taken(), ['b offline', 'a offline']);
});
