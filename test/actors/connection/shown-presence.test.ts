import assert from 'node:assert/strict';
import { test } from 'node:test';
import { live, ME, openLive, page, PEER } from '../../support/connection-stage.ts';

const shown = (lastSeen: number) => ({ userId: PEER, status: 'online', lastSeen }) as const;

test('[S7] whose presence an event shows is noted when it is sent, live or from the log, each once', async () => {
  const noted: (readonly [viewer: string, lastSeen: number | null])[] = [];
  const { socket, context } = await openLive(4, {
    onShown: (viewer, { lastSeen }) => noted.push([viewer, lastSeen]),
  });
  await context.give({ ...live(6), shown: shown(6) });
  assert.deepEqual(noted, [], 'it waits for the one before');
  await context.give({ ...live(5), shown: shown(5) });
  await context.give({ type: 'logged', after: 6, page: { ...page([7, 8]), shown: { 1: shown(8) } } });
  assert.deepEqual(socket.taken(), ['message 5', 'message 6', 'message 7', 'message 8']);
  assert.deepEqual(
    noted,
    [5, 6, 8].map((at) => [ME, at]),
  );
});
