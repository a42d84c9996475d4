import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NoticeSequence } from '../../server/notifier/notice-sequence.ts';
import { ManualClock } from '../support/manual-clock.ts';

const LOOK_EVERY_MS = 250;
interface Stage {
  readonly clock: ManualClock;
  readonly sequence: NoticeSequence;
  /** Lets time pass, and returns when what was reported, in ms from the beginning. */
  readonly pass: (ms: number, ownHeartbeats?: boolean) => readonly string[];
}
const stage = (): Stage => {
  const clock = new ManualClock();
  const sequence = new NoticeSequence(clock, 'me');
  const pass = (ms: number, ownHeartbeats = true): readonly string[] => {
    const reported: string[] = [];
    for (let waited = 0; waited < ms; waited += LOOK_EVERY_MS) {
      clock.advance(LOOK_EVERY_MS);
      if (ownHeartbeats) sequence.heard('me', sequence.next());
      for (const { reason, hostId } of sequence.tick())
        reported.push(`${String(clock.monotonic())} ${reason} ${hostId ?? ''}`.trim());
    }
    return reported;
  };
  return { clock, sequence, pass };
};
const missed = (sequence: NoticeSequence, hostId: string, number: number): string => {
  const heard = sequence.heard(hostId, number);
  return heard.isNew ? (heard.missed?.reason ?? 'fine') : 'old';
};

test('numbers rise by one: a gap is missed, what is old is dropped', () => {
  const { sequence } = stage();
  const hear = (number: number): string => missed(sequence, 'a', number);
  assert.deepEqual([1, 2, 3].map(hear), ['fine', 'fine', 'fine']);
  assert.deepEqual([3, 1].map(hear), ['old', 'old'], 'repeated');
  assert.deepEqual([6, 5, 4, 7].map(hear), ['gap', 'old', 'old', 'fine'], 'reordered');
  assert.deepEqual(
    [1, 2].map((n) => missed(sequence, 'b', n)),
    ['fine', 'fine'],
    'each host by itself',
  );
});

test('a host whose beginning was not heard may have said something before', () => {
  const { sequence } = stage();
  assert.equal(missed(sequence, 'a', 17), 'unknown-host');
  assert.equal(missed(sequence, 'a', 18), 'fine');
});

test('a listed host that is silent is reported after 2 s, every 2 s, and once more when it is gone', () => {
  const { sequence, pass } = stage();
  sequence.heard('a', 1);
  assert.deepEqual(sequence.list(['me', 'a', 'b']), []);
  assert.equal(sequence.hosts, 2);
  assert.deepEqual(pass(1_750), []);
  sequence.heard('a', 2);
  assert.deepEqual(pass(1_500), ['2000 silent-host b']);
  assert.deepEqual(pass(2_000), ['3750 silent-host a', '4000 silent-host b']);
  assert.deepEqual(sequence.list(['me', 'a']), [{ reason: 'host-gone', hostId: 'b' }]);
  assert.deepEqual(pass(750), ['5750 silent-host a']);
  assert.equal(missed(sequence, 'a', 3), 'fine', 'back, and nothing was lost');
  assert.deepEqual(pass(1_750), []);
});

test('a host that no list names is forgotten after 10 s, its number is not', () => {
  const { sequence, pass } = stage();
  sequence.heard('a', 5);
  const silent = [2_000, 4_000, 6_000, 8_000].map((at) => `${String(at)} silent-host a`);
  assert.deepEqual(pass(14_000), [...silent, '10000 host-gone a']);
  assert.equal(sequence.hosts, 0);
  assert.equal(missed(sequence, 'a', 5), 'old', 'nobody can play back its life');
  assert.equal(missed(sequence, 'a', 6), 'fine', 'it was frozen and goes on');
});

test('our own heartbeat has to come back within 2 s', () => {
  const { sequence, pass } = stage();
  assert.deepEqual(pass(1_750, false), []);
  assert.ok(sequence.isHeard);
  assert.deepEqual(pass(4_000, false), ['2000 own-silence', '4000 own-silence']);
  assert.ok(!sequence.isHeard);
  const number = sequence.next();
  assert.equal(missed(sequence, 'me', number), 'fine');
  assert.ok(sequence.isHeard);
  assert.deepEqual(pass(1_500, false), []);
  sequence.heard('me', number);
  assert.deepEqual(pass(500, false), ['7750 own-silence'], 'one that is played back proves nothing');
});

test('a newer version is reported at once and no more often than every 2 s, the last one too', () => {
  const { sequence, pass } = stage();
  const hear = (): string | undefined => sequence.heardNewerVersion()?.reason;
  assert.deepEqual([hear(), hear(), hear()], ['newer-version', undefined, undefined]);
  assert.deepEqual(pass(5_000), ['2000 newer-version']);
  assert.equal(hear(), 'newer-version');
});
