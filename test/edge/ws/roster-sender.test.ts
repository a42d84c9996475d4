import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Roster } from '../../../server/actors/user/messages.ts';
import { AT_ONCE, RosterSender } from '../../../server/edge/ws/roster-sender.ts';
import { ParleyError } from '../../../server/protocol/errors.ts';

const open = () => {
  const asked: { readonly to: string; readonly roster: Roster; readonly end: (error?: Error) => void }[] = [];
  let made = 0;
  const host = {
    ask: ({ address }: { address: string }, roster: Roster) =>
      new Promise<'registered'>((resolve, reject) => {
        const end = (error?: Error): void => {
          if (error === undefined) resolve('registered');
          else reject(error);
        };
        asked.push({ to: address, roster, end });
      }),
  };
  const rosters = new RosterSender(host as never, () => {
    made += 1;
    return { type: 'roster', hostId: String(made), connections: [] };
  });
  return { rosters, asked };
};
/** Those asked meanwhile too. */
const endAll = async (asked: ReturnType<typeof open>['asked']): Promise<void> => {
  for (const { end } of asked) {
    end();
    await turn();
  }
};
const everybody = Array.from({ length: 3 * AT_ONCE }, (_, at) => `user-${String(at)}`);

test('[P9] rosters go to so many users at once, and to the next one with each answer', async () => {
  const { rosters, asked } = open();
  rosters.send(everybody);
  assert.deepEqual([asked.length, rosters.waiting], [AT_ONCE, 2 * AT_ONCE]);
  asked[5]?.end();
  asked[7]?.end(new ParleyError('unavailable', 'not in time'));
  await turn();
  assert.deepEqual([asked.length, rosters.waiting], [AT_ONCE + 2, 2 * AT_ONCE - 2]);
  await endAll(asked);
  assert.equal(rosters.waiting, 0);
  assert.deepEqual(
    asked.map(({ to }) => to),
    everybody.map((id) => `user:${id}`),
  );
});

test('[P8] whoever waits already gets one roster, made when it is sent; whoever has got one gets another', async () => {
  const { rosters, asked } = open();
  rosters.send(everybody);
  rosters.send([...everybody.slice(0, 2), ...everybody.slice(-2)]);
  assert.equal(rosters.waiting, 2 * AT_ONCE + 2);
  await endAll(asked);
  assert.equal(asked.length, everybody.length + 2);
  assert.equal(asked.at(-1)?.roster.hostId, String(asked.length));
  assert.equal(asked.at(-1)?.to, 'user:user-1');
});
