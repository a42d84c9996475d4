import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ParleyError } from '../../../server/protocol/errors.ts';
import { systemClock } from '../../../server/runtime/clock.ts';
import { Pool, type PoolOptions } from '../../../server/runtime/threads/pool.ts';
import { eventually } from '../../support/eventually.ts';
import { silentLog } from '../../support/hosts.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { helperEntry } from '../../support/paths.ts';
import type { Scope } from '../../support/temp-dir.ts';

test('[P9] a full pool refuses the next task at once with unavailable, and takes it once there is room', async (t) => {
  const pool = new Pool(helperEntry, {
    threads: 1,
    maxQueue: 2,
    data: { dataDir: '' },
    clock: systemClock,
    log: silentLog,
  });
  t.after(() => pool.stop());
  const hash = (): Promise<unknown> => pool.run({ type: 'hash', password: 'Right-Horse-1' });
  await hash();
  // One on its thread, two in the queue.
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, hash));
  const refused = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  assert.equal(refused.length, 7);
  for (const error of refused) {
    assert.ok(error instanceof ParleyError && error.code === 'unavailable' && error.retryAfterS === 1);
  }
  assert.match(String(await hash()), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.equal(pool.waiting, 0);
});

test('tasks are done in the order they came, however many wait', async (t) => {
  const pool = new Pool(helperEntry, {
    threads: 1,
    maxQueue: 64,
    data: { dataDir: '' },
    clock: systemClock,
    log: silentLog,
  });
  t.after(() => pool.stop());
  const done: number[] = [];
  const asked = Array.from({ length: 12 }, (_, i) => i);
  await Promise.all(
    asked.map(async (i) => {
      await pool.run({ type: 'hash', password: 'Right-Horse-1' });
      done.push(i);
    }),
  );
  assert.deepEqual(done, asked);
});

const waitingTask = fileURLToPath(new URL('../../support/waiting-task.js', import.meta.url));
const patientTask = fileURLToPath(new URL('../../support/patient-task.js', import.meta.url));
const newGate = (): Int32Array => new Int32Array(new SharedArrayBuffer(4));
const open = (gate: Int32Array): void => {
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
};
const poolOf = (t: Scope, options: Partial<PoolOptions>, task = waitingTask): Pool => {
  const pool = new Pool(task, {
    threads: 1,
    maxQueue: 64,
    data: {},
    clock: systemClock,
    log: silentLog,
    ...options,
  });
  t.after(() => pool.stop());
  return pool;
};

test('[P9] one key with many tasks waiting: the next task of another key is at most one turn away', async (t) => {
  const pool = poolOf(t, {});
  const gate = newGate();
  const done: string[] = [];
  const ask = async (key: string): Promise<void> => {
    done.push(String(await pool.run({ gate, answer: key }, key)));
  };
  const all = [...Array.from({ length: 10 }, () => ask('greedy')), ask('a'), ask('b'), ask('a')];
  open(gate);
  await Promise.all(all);
  // One of greedy's ran already.
  assert.deepEqual(done.slice(0, 6), ['greedy', 'greedy', 'a', 'b', 'greedy', 'a']);
});

test('[P9] one key may not fill the queue of all', async (t) => {
  const pool = poolOf(t, { maxQueue: 6, maxQueuePerKey: 4 });
  const gate = newGate();
  const ask = (key: string): Promise<unknown> => pool.run({ gate, answer: key }, key);
  const greedy = Array.from({ length: 5 }, () => ask('greedy'));
  await assert.rejects(ask('greedy'), { code: 'unavailable' });
  const others = [ask('a'), ask('b')];
  await assert.rejects(ask('c'), { code: 'unavailable' });
  assert.equal(pool.waiting, 6);
  open(gate);
  await Promise.all([...greedy, ...others]);
});

test('[P9] at its deadline a waiting task leaves the queue, and a running one takes its thread along', async (t) => {
  const clock = new ManualClock();
  const pool = poolOf(t, { clock, deadlineMs: 1_000 });
  const never = newGate();
  const running = pool.run({ gate: never, answer: 'never' }, 'a');
  clock.advance(500);
  const waiting = pool.run({ gate: never, answer: 'never' }, 'a');
  clock.advance(499);
  const opened = newGate();
  open(opened);
  const later = pool.run({ gate: opened, answer: 'here' }, 'b');
  clock.advance(1);
  await assert.rejects(running, { code: 'unavailable' });
  // The thread of the first is gone; the second was next in line and runs on a new one.
  clock.advance(500);
  await assert.rejects(waiting, { code: 'unavailable' });
  assert.equal(await later, 'here');
  assert.equal(pool.counters['tasks_given_up'], 2);
});

test('[P9] where tasks wait, the one that is late is given up alone, and keeps its place until it ends', async (t) => {
  const clock = new ManualClock();
  const pool = poolOf(t, { clock, deadlineMs: 1_000, waitingTasksPerThread: 2 }, patientTask);
  const [first, second, third] = [newGate(), newGate(), newGate()];
  const ask = (gate: Int32Array): Promise<unknown> => pool.run({ gate, later: newGate(), answer: 'here' });
  const late = ask(first);
  clock.advance(500);
  const other = ask(second);
  clock.advance(500);
  await assert.rejects(late, { code: 'unavailable', retryAfterS: 1 });
  const next = ask(third);
  assert.equal(pool.waiting, 1);
  open(second);
  assert.equal(await other, 'here');
  assert.equal(pool.waiting, 0);
  open(first);
  open(third);
  assert.equal(await next, 'here');
  assert.equal(pool.counters['tasks_given_up'], 1);
});

test('where tasks wait, the thread hears of its sockets and timers between tasks', async (t) => {
  const pool = poolOf(t, { waitingTasksPerThread: 2 }, patientTask);
  const [gate, later] = [newGate(), newGate()];
  open(gate);
  await pool.run({ gate, later, answer: 'here' });
  await eventually('the timer to run', () => Atomics.load(later, 0) === 1);
});
