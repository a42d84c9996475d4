import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Roster } from '../../../server/actors/user/messages.ts';
import { AT_ONCE, RosterSender } from '../../../server/edge/ws/roster-sender.ts';
import { ParleyError } from '../../../server/protocol/errors.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const open = () => {
  const asked: { readonly to: string; readonly roster: Roster; readonly end: (error?: Error) => void }[] = [];
  const clock = new ManualClock();
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
  const rosters = new RosterSender(host as never, clock, () => {
    made += 1;
    return { type: 'roster', hostId: String(made), connections: [] };
  });
  return { rosters, asked, clock };
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
  const { rosters, asked, clock } = open();
  rosters.send(everybody);
  assert.deepEqual([asked.length, rosters.waiting], [AT_ONCE, 2 * AT_ONCE]);
  asked[5]?.end();
  clock.advance(5_000);
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

test('[P8] an actor that could not take its roster gets it again after a second, made anew', async () => {
  const { rosters, asked, clock } = open();
  rosters.send(['ann', 'ben']);
  asked[0]?.end(new ParleyError('unavailable', 'too much waits'));
  asked[1]?.end();
  await turn();
  clock.advance(999);
  await turn();
  assert.equal(asked.length, 2);
  clock.advance(1);
  await turn();
  assert.deepEqual([asked.length, asked[2]?.to, asked[2]?.roster.hostId], [3, 'user:ann', '3']);
});
