import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ServerTime } from '../../ui/sync/server-time.ts';
import { clockTime, dayKey, dayName, followZone } from '../../ui/model/text/dates.ts';

const SERVER = Date.UTC(2026, 10, 12, 12);
const DAY_MS = 86_400_000;

test('on a device that is two days off, now is the server’s now', () => {
  for (const offMs of [-2 * DAY_MS, 2 * DAY_MS, 40 * 365 * DAY_MS]) {
    const time = new ServerTime(() => SERVER + offMs);
    assert.equal(time.now(), SERVER + offMs, 'before anything is known');
    time.learn(new Date(SERVER).toISOString());
    assert.equal(time.now(), SERVER);
    const sent = new Date(SERVER - 60_000).toISOString();
    assert.equal(dayName(sent, time.now(), 'en'), 'Today');
  }
});

test('what an answer takes on its way is no difference, and what can’t be read tells nothing', () => {
  let device = SERVER;
  const time = new ServerTime(() => device);
  const changes: number[] = [];
  const learn = (told: string): void => {
    time.learn(told);
    changes.push(time.offset.get());
  };
  learn(new Date(SERVER - 900).toISOString());
  learn(new Date(SERVER - 4_900).toISOString());
  learn('yesterday');
  device = SERVER - 3_600_000;
  learn(new Date(SERVER).toISOString());
  learn(new Date(SERVER - 2_000).toISOString());
  learn('');
  // Somebody sets the device's clock right.
  device = SERVER;
  learn(new Date(SERVER - 100).toISOString());
  assert.deepEqual(changes, [0, 0, 0, 3_600_000, 3_600_000, 3_600_000, 0]);
});

test('when the device comes into another time zone, every time is said anew in that one', () => {
  const before = process.env['TZ'];
  after(() => {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
    followZone();
  });
  const at = '2026-11-12T23:30:00.000Z';
  const said = () => [clockTime(at, 'en-GB'), dayName(at, Date.parse(at), 'en-GB'), dayKey(at)];
  process.env['TZ'] = 'UTC';
  followZone();
  assert.equal(followZone(), false);
  assert.deepEqual(said(), ['23:30', 'Today', '2026-10-12']);
  process.env['TZ'] = 'Asia/Tokyo';
  assert.equal(followZone(), true);
  assert.deepEqual(said(), ['08:30', 'Today', '2026-10-13']);
  assert.equal(followZone(), false);
});
