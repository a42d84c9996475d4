import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Deliveries,
  SERVICE_MAX,
  SERVICE_WAITING_MAX,
  WAITING_MAX,
  WAITING_MAX_MS,
} from '../../../server/edge/push/deliveries.ts';
import { PushFigures } from '../../../server/edge/push/push-figures.ts';
import type { PushOutcome } from '../../../server/edge/push/send-push.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { settled } from '../../support/settled.ts';

const answered = (status: number, retryAfterMs: number | null = null): PushOutcome => ({
  ...{ kind: 'answered', status, retryAfterMs },
});
const failed: PushOutcome = { kind: 'failed', cause: 'ECONNREFUSED' };

/** Deliveries whose pushes are answered when the test says so. */
const stage = () => {
  const clock = new ManualClock();
  const figures = new PushFigures();
  const faults: string[] = [];
  const deliveries = new Deliveries({
    ...{ clock, figures },
    random: () => 0,
    onFault: (service, cause) => faults.push(`${service} ${cause}`),
  });
  const sent: { name: string; answer: (outcome: PushOutcome) => Promise<void> }[] = [];
  const gone: string[] = [];
  const add = (name: string, { key = name, service = 'push.example' } = {}): void => {
    deliveries.add({
      key,
      endpoint: { url: new URL(`https://${service}/${name}`), isAllowed: false },
      send: () =>
        new Promise((resolve) => {
          const answer = async (outcome: PushOutcome): Promise<void> => {
            resolve(outcome);
            await settled();
          };
          sent.push({ name, answer });
        }),
      onGone: () => gone.push(name),
    });
  };
  const names = (): string[] => sent.map(({ name }) => name);
  return { clock, figures, faults, deliveries, sent, gone, add, names };
};

test('[N5] what a push service takes is done; what it no longer knows is told, and not tried again', async () => {
  const { clock, figures, faults, deliveries, sent, gone, add, names } = stage();
  for (const name of ['a', 'b', 'c', 'd']) add(name);
  await sent[0]?.answer(answered(201));
  await sent[1]?.answer(answered(404));
  await sent[2]?.answer(answered(410));
  await sent[3]?.answer(answered(413));
  clock.advance(WAITING_MAX_MS);
  assert.deepEqual(names(), ['a', 'b', 'c', 'd']);
  assert.deepEqual(gone, ['b', 'c']);
  assert.deepEqual(faults, ['https://push.example 413']);
  assert.deepEqual([figures.outcomes.accepted, figures.outcomes.gone, figures.outcomes.refused], [1, 2, 1]);
  assert.deepEqual([deliveries.waiting, clock.waiting], [0, 0]);
});

test('[N5] five attempts, each after twice the time, then none', async () => {
  const { clock, figures, sent, add } = stage();
  add('a');
  const gaps: number[] = [];
  for (let n = 1; n <= 5; n += 1) {
    const before = clock.monotonic();
    await sent.at(-1)?.answer(answered(503));
    while (clock.waiting > 0 && sent.length === n) clock.advance(100);
    gaps.push(clock.monotonic() - before);
  }
  assert.deepEqual(gaps, [1_000, 2_000, 4_000, 8_000, 0]);
  assert.equal(sent.length, 5);
  assert.deepEqual([figures.outcomes.abandoned, figures.retries, clock.waiting], [1, 4, 0]);
});

test('[N5] Retry-After is waited for, with everything else for that service', async () => {
  const { clock, sent, add, names } = stage();
  add('a');
  await sent[0]?.answer(answered(429, 30_000));
  add('b');
  add('elsewhere', { service: 'other.example' });
  clock.advance(29_999);
  assert.deepEqual(names(), ['a', 'elsewhere']);
  clock.advance(1);
  assert.deepEqual(names().toSorted(), ['a', 'a', 'b', 'elsewhere']);
});

test('[N6] a service that does not answer gets one push at a time, and keeps none of another one waiting', async () => {
  const { clock, sent, add, names } = stage();
  for (let n = 0; n < 20; n += 1) add(`dead ${String(n)}`, { service: 'dead.example' });
  assert.equal(sent.length, SERVICE_MAX);
  for (let n = 0; n < 5; n += 1) add(`live ${String(n)}`);
  assert.equal(names().filter((name) => name.startsWith('live')).length, 5);
  for (const { name, answer } of sent.slice()) if (name.startsWith('dead')) await answer(failed);
  const before = sent.length;
  clock.advance(60_000);
  assert.equal(sent.length, before + 1);
  await sent.at(-1)?.answer(answered(201));
  clock.advance(1);
  assert.ok(sent.length > before + 2, 'it answers again');
});

test('[N6] the newest of the pushes that would replace each other is sent', async () => {
  const { clock, sent, add, names } = stage();
  for (let n = 0; n < SERVICE_MAX; n += 1) add(`other ${String(n)}`);
  for (const name of ['first', 'second', 'third']) add(name, { key: 'one' });
  await sent[0]?.answer(answered(201));
  assert.equal(names().at(-1), 'third');
  add('fourth', { key: 'one' });
  await sent.at(-1)?.answer(answered(500));
  assert.equal(names().at(-1), 'fourth', 'what failed is not tried again beside a newer one');
  const count = sent.length;
  clock.advance(60_000);
  assert.equal(sent.length, count);
});

test('[P9] [N6] what waits has a bound for each service and for all, and an end', async () => {
  const { clock, figures, deliveries, sent, add } = stage();
  const services = WAITING_MAX / SERVICE_WAITING_MAX + 1;
  for (let s = 0; s < services; s += 1) {
    const service = `service-${String(s)}.example`;
    for (let n = 0; n < SERVICE_WAITING_MAX + SERVICE_MAX + 1; n += 1)
      add(`${service} ${String(n)}`, { service });
  }
  assert.equal(deliveries.waiting, WAITING_MAX);
  assert.ok(figures.outcomes.overflow > services);
  clock.advance(WAITING_MAX_MS + 1);
  await sent[0]?.answer(answered(201));
  assert.equal(deliveries.waiting, 0);
  assert.equal(figures.outcomes.abandoned, WAITING_MAX);
});

test('[N6] after a stop nothing is sent any more', async () => {
  const { clock, deliveries, sent, add } = stage();
  add('a');
  deliveries.stop();
  await sent[0]?.answer(failed);
  add('b');
  clock.advance(WAITING_MAX_MS);
  assert.equal(sent.length, 1);
});

test('[N7] a name that leads to a private address is given up at once', async () => {
  const { clock, figures, sent, add } = stage();
  add('a');
  await sent[0]?.answer({ kind: 'failed', cause: 'EPRIVATE' });
  clock.advance(WAITING_MAX_MS);
  assert.deepEqual([sent.length, figures.outcomes.blocked], [1, 1]);
});
