import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomSource } from '../support/random-source.ts';
import { Scheduler, type Life } from './scheduler.ts';
import { Transactions } from './transactions.ts';

const stage = () => {
  const scheduler = new Scheduler(new RandomSource(1), (error) => {
    throw error;
  });
  const transactions = new Transactions(scheduler, { name: 'database', alive: true });
  const landed: string[] = [];
  const send = (name: string, life: Life, user: string, ms: number): void => {
    const land = (): void => {
      landed.push(name);
    };
    transactions.send({ life, users: new Set([user]), land }, ms);
  };
  return { scheduler, landed, send };
};

test('what a writer has sent that is gone is committed before whatever comes later for the same user, and no sooner', async () => {
  for (const end of ['dies', 'freezes'] as const) {
    const { scheduler, landed, send } = stage();
    const process = { isFrozen: false };
    const old: Life = { name: 'old', alive: true, process };
    const young: Life = { name: 'young', alive: true };
    send('closes', old, 'user ann', 100);
    send('closes of ben', old, 'user ben', 90);
    if (end === 'dies') old.alive = false;
    else process.isFrozen = true;
    send('opens', young, 'user ann', 10);
    await scheduler.run(50);
    assert.deepEqual(landed, ['closes', 'opens'], end);
    await scheduler.run(1_000);
    assert.deepEqual(landed, ['closes', 'opens', 'closes of ben'], `each once, when one ${end}`);
  }
});

test('a writer that runs may be overtaken on its way to the locks', async () => {
  const { scheduler, landed, send } = stage();
  send('late', { name: 'one', alive: true }, 'user ann', 100);
  send('soon', { name: 'another', alive: true }, 'user ann', 10);
  await scheduler.run(1_000);
  assert.deepEqual(landed, ['soon', 'late']);
});
