import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostNotices, type BrokerState } from '../../server/notifier/host-notices.ts';
import type { Notice } from '../../server/notifier/notice.ts';
import type { Missed } from '../../server/notifier/notice-sequence.ts';
import { openNotifier } from '../../server/notifier/open-notifier.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { Hub, HUB_SECRET } from './hub.ts';

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const host = (clock: ManualClock, hub: Hub, broker: 'hub' | 'none' = 'hub') => {
  const heard: Notice[] = [];
  const missed: Missed['reason'][] = [];
  const states: BrokerState[] = [];
  const notices = new HostNotices({
    clock,
    life: 0,
    secret: HUB_SECRET,
    isOff: broker === 'none',
    open: (events) =>
      broker === 'hub'
        ? hub.open(events)
        : openNotifier(
            {
              broker: { kind: 'none' },
              prefix: 'test',
              clock,
              connectToDatabase: () => Promise.reject(new Error()),
            },
            events,
          ),
    onNotice: (notice) => void heard.push(notice),
    onMissed: ({ reason }) => void missed.push(reason),
    onState: () => undefined,
    onLook: (state) => void states.push(state),
  });
  return { notices, heard, missed, states };
};

test('while there is no other host nothing is published but heartbeats; one that comes later finds a gap', () => {
  const clock = new ManualClock();
  const hub = new Hub(clock);
  const a = host(clock, hub);
  a.notices.hosts(id(1), []);
  clock.advance(100);
  const before = hub.packets.length;
  a.notices.publish({ presence: [id(7)] });
  clock.advance(100);
  assert.equal(hub.packets.length, before);

  const b = host(clock, hub);
  b.notices.hosts(id(2), [id(1)]);
  clock.advance(1_500);
  b.missed.length = 0;
  a.notices.hosts(id(1), [id(2)]);
  clock.advance(1_500);
  a.notices.publish({ presence: [id(8)] });
  clock.advance(3);
  assert.deepEqual(b.heard, [{ presence: [id(8)] }]);
  a.notices.omit();
  clock.advance(1_100);
  assert.ok(b.missed.includes('gap'), String(b.missed));
});

test('what is told before the first heartbeat of this host is a gap for the others', () => {
  const clock = new ManualClock();
  const hub = new Hub(clock);
  const b = host(clock, hub);
  b.notices.hosts(id(2), [id(1)]);
  const a = host(clock, hub);
  a.notices.publish({ presence: [id(7)] });
  a.notices.hosts(id(1), [id(2)]);
  clock.advance(1_500);
  assert.deepEqual(b.heard, []);
  assert.ok(b.missed.includes('gap') || b.missed.includes('unknown-host'), String(b.missed));
});

test('without a broker a host alone has nothing to compare; with others it compares every 2 s', () => {
  const clock = new ManualClock();
  const a = host(clock, new Hub(clock), 'none');
  a.notices.hosts(id(1), []);
  clock.advance(10_000);
  assert.deepEqual(a.missed, []);
  assert.deepEqual(a.states.at(-1), { state: 'off', hosts: 0 });
  a.notices.hosts(id(1), [id(2)]);
  a.missed.length = 0;
  clock.advance(10_000);
  assert.ok(a.missed.filter((reason) => reason === 'own-silence').length >= 4, String(a.missed));
  assert.deepEqual(a.states.at(-1), { state: 'off', hosts: 1 });
});
