import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { NoticeMetrics } from '../../../server/edge/ops/notice-metrics.ts';
import { NoticeFigures } from '../../../server/notifier/notice-figures.ts';
import type { BrokerState } from '../../../server/notifier/host-notices.ts';

const NOTHING = {
  hosts: 2,
  repeated: 0,
  refused: 0,
  droppedEntries: 0,
  missed: {},
  notifier: { published: 0, heard: 0, dropped: 0, losses: 0 },
};

/** What a scrape finds after a host has had a broker in these states, one after the other. */
const textAfter = async (...states: readonly BrokerState['state'][]): Promise<string> => {
  const registry = new Registry();
  const metrics = new NoticeMetrics([registry]);
  const values = new Map<string, number>();
  const figures = new NoticeFigures((name, by) => {
    const value = (values.get(name) ?? 0) + by;
    values.set(name, value);
    metrics.observe(name, value, () => by);
  });
  for (const state of states)
    figures.observe({ state, hosts: 2 }, NOTHING as unknown as Parameters<NoticeFigures['observe']>[1]);
  return await registry.metrics();
};

test('a broker is up or down, from the first moment', async () => {
  assert.match(await textAfter('down'), /^parley_broker_up 0$/m);
  assert.match(await textAfter('down', 'ok'), /^parley_broker_up 1$/m);
  assert.match(await textAfter('ok', 'down'), /^parley_broker_up 0$/m);
  assert.match(await textAfter('ok'), /^parley_hosts 3$/m);
});

test('without a broker there is nothing that could be down', async () => {
  const text = await textAfter('off', 'off');
  assert.doesNotMatch(text, /^parley_broker_up \d/m);
  assert.match(text, /^parley_hosts 3$/m);
});
