import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LateLink, type ClientLink } from '../../../ui/net/late-link.ts';
import type { SocketState } from '../../../ui/net/link.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { settled } from '../../support/settled.ts';

/** What was called of the link that is loaded. */
const stage = () => {
  const clock = new ManualClock();
  const calls: string[] = [];
  const states: SocketState['phase'][] = [];
  const server = { isThere: true, isReplaced: false };
  const note = (name: string) => () => void calls.push(name);
  const loaded: ClientLink = {
    state: { phase: 'up' },
    start: note('start'),
    stop: note('stop'),
    nudge: note('nudge'),
    hurry: note('hurry'),
    woke: note('woke'),
    restart: note('restart'),
    renewed: note('renewed'),
    send: (type) => {
      calls.push(type);
      return true;
    },
  };
  const link = new LateLink({
    clock,
    load: () => (server.isThere ? Promise.resolve(loaded) : Promise.reject(new TypeError('not loaded'))),
    isReplaced: () => Promise.resolve(server.isReplaced),
    onState: ({ phase }) => states.push(phase),
  });
  return { clock, calls, states, server, link, phase: () => link.state.phase };
};

test('the link is loaded when it is started, and does everything from then on', async () => {
  const { calls, states, link, phase } = stage();
  assert.equal(phase(), 'idle');
  assert.equal(link.send('ping', {}), false);
  link.start();
  assert.equal(phase(), 'connecting');
  // Nothing of this is of use before there is a connection.
  link.hurry();
  link.restart();
  link.renewed('token');
  await settled();
  assert.deepEqual([calls, states, phase()], [['start'], ['connecting'], 'up']);
  assert.equal(link.send('ping', {}), true);
  for (const act of ['nudge', 'hurry', 'woke', 'restart', 'start', 'stop'] as const) link[act]();
  link.renewed('token');
  assert.deepEqual(calls.slice(1), ['ping', 'nudge', 'hurry', 'woke', 'restart', 'start', 'stop', 'renewed']);
});

test('one that can not be loaded is tried again by itself, and at once when the network is back', async () => {
  const { clock, calls, states, server, link } = stage();
  server.isThere = false;
  link.start();
  await settled();
  assert.deepEqual(states, ['connecting', 'waiting']);
  clock.advance(5_000);
  await settled();
  assert.deepEqual(states.slice(2), ['connecting', 'waiting']);
  server.isThere = true;
  link.woke();
  await settled();
  assert.deepEqual([states.slice(4), calls], [['connecting'], ['start']]);
  clock.advance(60_000);
  await settled();
  assert.deepEqual(calls, ['start'], 'no attempt is left over');
});

test('one that a newer build has replaced needs a reload', async () => {
  const { states, server, link } = stage();
  Object.assign(server, { isThere: false, isReplaced: true });
  link.start();
  await settled();
  assert.deepEqual(states, ['connecting', 'outdated']);
});

test('after a stop nothing is started or told', async () => {
  const { calls, states, link, phase } = stage();
  link.start();
  link.stop();
  await settled();
  assert.deepEqual([calls, states, phase()], [[], ['connecting'], 'idle']);
});
