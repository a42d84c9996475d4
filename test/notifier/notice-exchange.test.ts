import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NoticeSeal } from '../../server/notifier/notice-seal.ts';
import { openNotifier } from '../../server/notifier/open-notifier.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { Hub, HUB_SECRET, HubHost } from './hub.ts';

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const [A, B, C] = [id(0xa), id(0xb), id(0xc)] as const;

interface Stage {
  readonly clock: ManualClock;
  readonly hub: Hub;
  readonly a: HubHost;
  readonly b: HubHost;
}
/** Two hosts that have heard each other. */
const stage = (): Stage => {
  const clock = new ManualClock();
  const hub = new Hub(clock);
  const [a, b] = [new HubHost(clock, hub, A), new HubHost(clock, hub, B)];
  clock.advance(2_500);
  assert.deepEqual(
    [a.takeMissed(), b.takeMissed()],
    [['connected'], ['connected']],
    'both were there in time',
  );
  return { clock, hub, a, b };
};

test('what one host publishes within 2 ms the others hear as one notice, and it does not hear itself', () => {
  const { clock, hub, a, b } = stage();
  const before = hub.packets.length;
  a.exchange.publish({ users: [[id(1), 5]] });
  a.exchange.publish({ users: [[id(1), 6]], presence: [id(2)] });
  clock.advance(2);
  assert.equal(hub.packets.length, before + 1);
  clock.advance(1);
  assert.deepEqual([a.heard, b.heard], [[], [{ users: [[id(1), 6]], presence: [id(2)] }]]);
  clock.advance(60_000);
  assert.deepEqual([a.missed, b.missed, b.exchange.stats.hosts], [[], [], 1], 'heartbeats go on');
});

test('a loss is found with what comes next, at the latest with the heartbeat', () => {
  const { clock, hub, a, b } = stage();
  hub.isLosing = true;
  a.exchange.publish({ presence: [id(1)] });
  clock.advance(2);
  hub.isLosing = false;
  clock.advance(1_000);
  assert.deepEqual([b.takeMissed(), a.takeMissed()], [['gap'], []]);
  assert.deepEqual(b.exchange.stats.missed, { connected: 1, gap: 1 });
});

test('a host that falls silent is reported every 2 s, and what is listed and never heard too', () => {
  const { clock, a, b } = stage();
  void a.exchange.close();
  b.exchange.listHosts([A, B, C]);
  clock.advance(4_600);
  assert.deepEqual(
    b.takeMissed().filter((reason) => reason !== 'silent-host'),
    [],
  );
  assert.equal(b.exchange.stats.missed['silent-host'], 4);
  b.exchange.listHosts([B]);
  assert.deepEqual(b.takeMissed(), ['host-gone', 'host-gone']);
});

test('a host that joins has its own beginning to compare, and what it did not hear of the others', () => {
  const { clock, hub, a, b } = stage();
  const late = new HubHost(clock, hub, C);
  clock.advance(5_000);
  assert.deepEqual(late.missed, ['connected', 'unknown-host', 'unknown-host']);
  assert.deepEqual([a.missed, b.missed], [[], []]);
  a.exchange.publish({ presence: [id(1)] });
  clock.advance(3);
  assert.deepEqual(late.entries('presence'), [id(1)]);
});

test('another cluster on the same channel, noise and what is played back change nothing', () => {
  const { clock, hub, a, b } = stage();
  const stranger = new HubHost(clock, hub, C, `${HUB_SECRET} of another cluster`);
  a.exchange.publish({ evicted: [[id(1), id(7)]] });
  clock.advance(3);
  const old = hub.packets.slice(0, 20);
  for (const packet of old) hub.carry(packet);
  stranger.exchange.publish({ presence: [id(2)] });
  hub.carry(Buffer.from('a word of somebody else'));
  clock.advance(500);
  assert.deepEqual([b.entries('evicted'), b.entries('presence'), b.missed], [[[id(1), id(7)]], [], []]);
  const { refused, repeated, hosts } = b.exchange.stats;
  assert.ok(refused >= 2 && repeated >= 5, JSON.stringify({ refused, repeated }));
  assert.equal(hosts, 1);
});

test('a newer version and what this one cannot read are reasons to compare', () => {
  const { clock, hub, b } = stage();
  const newer = new NoticeSeal(HUB_SECRET, C).seal(1, new Uint8Array());
  newer[2] = 2;
  hub.carry(newer);
  hub.carry(newer);
  clock.advance(1);
  assert.deepEqual(b.takeMissed(), ['newer-version']);
  hub.carry(new NoticeSeal(HUB_SECRET, C).seal(1, Buffer.from('{"added":[1]}')));
  clock.advance(1);
  assert.deepEqual([b.takeMissed(), b.heard], [['unreadable'], []]);
});

test('entries that do not fit are dropped, and the others find a gap', () => {
  const { clock, a, b } = stage();
  a.exchange.publish({ users: Array.from({ length: 20_001 }, (_, n) => [id(n), n]) });
  clock.advance(3);
  assert.deepEqual([b.entries('users').length, a.exchange.stats.droppedEntries], [20_000, 1]);
  assert.deepEqual(b.missed, []);
  clock.advance(1_000);
  assert.deepEqual(b.takeMissed(), ['gap']);
});

test('without a broker there is a report every 2 s, and one when it is back', () => {
  const { clock, hub, a, b } = stage();
  hub.isUp = false;
  clock.advance(6_000);
  assert.ok(!a.exchange.stats.isHeard);
  assert.deepEqual(new Set(a.takeMissed()), new Set(['own-silence', 'silent-host']));
  assert.equal(a.exchange.stats.missed['own-silence'], 3);
  hub.isUp = true;
  clock.advance(2);
  assert.equal(b.missed.includes('connected'), true);
  assert.deepEqual([a.states, a.exchange.stats.isHeard], [[true, false, true], true]);
  a.takeMissed();
  clock.advance(10_000);
  assert.deepEqual(a.takeMissed(), []);
});

test('with the broker `none` there is a report every 2 s', async () => {
  const clock = new ManualClock();
  const connectToDatabase = (): never => {
    throw new Error('not asked for');
  };
  const none = { broker: { kind: 'none' }, prefix: 'parley', clock, connectToDatabase } as const;
  const host = new HubHost(clock, { open: (events) => openNotifier(none, events) }, A);
  host.exchange.publish({ presence: [id(1)] });
  clock.advance(8_000);
  assert.deepEqual(host.missed, Array(4).fill('own-silence'));
  const { isAlive, dropped } = host.exchange.stats.notifier;
  assert.deepEqual([isAlive, dropped, host.states], [false, 1, []]);
  await host.exchange.close();
});

test('a thread that takes over under the same id repeats no number, and the others look for what was lost', () => {
  const { clock, hub, a, b } = stage();
  void a.exchange.close();
  const next = new HubHost(clock, hub, A, HUB_SECRET, 1);
  clock.advance(10);
  next.exchange.publish({ presence: [id(1)] });
  clock.advance(3);
  assert.deepEqual([b.takeMissed(), b.entries('presence')], [['gap'], [id(1)]]);
});

test('a host that gets another id hears itself still, and is another host to the others', () => {
  const { clock, a, b } = stage();
  b.exchange.listHosts([A, B]);
  a.exchange.publish({ presence: [id(1)] });
  clock.advance(2);
  a.exchange.rename(C);
  clock.advance(1_500);
  assert.deepEqual([a.missed, a.heard, a.exchange.stats.hosts], [[], [], 1]);
  assert.deepEqual(b.takeMissed(), ['unknown-host']);
  b.exchange.listHosts([B, C]);
  assert.deepEqual(b.takeMissed(), ['host-gone']);
  a.exchange.publish({ presence: [id(2)] });
  clock.advance(60_000);
  assert.deepEqual([b.entries('presence'), a.missed, b.missed], [[id(1), id(2)], [], []]);
});

test('closed, it sets no timer and says nothing', async () => {
  const { clock, a, b } = stage();
  a.exchange.publish({ presence: [id(1)] });
  await Promise.all([a.exchange.close(), b.exchange.close()]);
  assert.equal(clock.waiting, 0);
});
