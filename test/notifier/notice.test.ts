import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNotice, type Notice } from '../../server/notifier/notice.ts';
import { NoticeGatherer } from '../../server/notifier/notice-gatherer.ts';
import { chance } from '../support/scale.ts';
import type { RandomSource } from '../support/random-source.ts';

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const taken = (gatherer: NoticeGatherer): readonly (Notice | null)[] => gatherer.take().map(readNotice);

test('what is told within a moment goes out as one notice, the highest cursor of each user', () => {
  const gatherer = new NoticeGatherer(100, 7_000);
  gatherer.add({ users: [[id(1), 5]], presence: [id(1)] });
  gatherer.add({
    users: [
      [id(1), 7],
      [id(2), 1],
    ],
    presence: [id(1)],
    revoked: [[id(1), id(9), 4409, 'session revoked']],
  });
  gatherer.add({
    users: [[id(1), 6]],
    typing: [[id(5), id(1), id(2), true]],
    evicted: [[id(1), id(8)]],
    introduced: [[id(1), id(2)]],
  });
  gatherer.add({ typing: [[id(5), id(1), id(2), false]] });
  assert.deepEqual(taken(gatherer), [
    {
      users: [
        [id(1), 7],
        [id(2), 1],
      ],
      presence: [id(1)],
      revoked: [[id(1), id(9), 4409, 'session revoked']],
      typing: [[id(5), id(1), id(2), false]],
      evicted: [[id(1), id(8)]],
      introduced: [[id(1), id(2)]],
    },
  ]);
  assert.deepEqual([taken(gatherer), gatherer.size, gatherer.dropped], [[], 0, 0]);
});

/** What a list of notices says, in a form that can be compared. */
const said = (notices: readonly (Notice | null)[]): readonly string[] =>
  notices
    .flatMap((notice) =>
      Object.entries(notice ?? {}).flatMap(([kind, list]) =>
        (list as readonly unknown[]).map((entry) => `${kind} ${JSON.stringify(entry)}`),
      ),
    )
    .sort();

const randomNotice = (random: RandomSource): Notice => ({
  users: Array.from({ length: random.between(0, 40) }, () => [
    id(random.between(1, 1e6)),
    random.between(0, 1e12),
  ]),
  presence: Array.from({ length: random.between(0, 20) }, () => id(random.between(1, 1e6))),
  revoked: Array.from({ length: random.between(0, 3) }, () => [
    id(random.between(1, 1e6)),
    id(random.between(1, 1e6)),
    random.pick([4403, 4409]),
    `"${random.pick(['ü', '\\'])}`.repeat(random.between(0, 60)),
  ]),
  evicted: Array.from({ length: random.between(0, 3) }, () => [
    id(random.between(1, 1e6)),
    id(random.between(1, 1e6)),
  ]),
});

test('payloads are never longer than allowed, and together they say everything once', (t) => {
  const random = chance(t);
  for (let round = 0; round < 60; round += 1) {
    const bytesMax = random.between(800, 7_000);
    const gatherer = new NoticeGatherer(100_000, bytesMax);
    const notices = Array.from({ length: random.between(1, 8) }, () => randomNotice(random));
    const whole = new NoticeGatherer(100_000, Infinity);
    for (const notice of notices) {
      gatherer.add(notice);
      whole.add(notice);
    }
    const payloads = gatherer.take();
    for (const { length } of payloads)
      assert.ok(length <= bytesMax, `${String(length)} > ${String(bytesMax)}`);
    const [expected] = [taken(whole)];
    assert.ok(expected.length <= 1 && !expected.includes(null));
    assert.deepEqual(said(payloads.map(readNotice)), said(expected));
  }
});

test('at its bound the gatherer drops what is new, counts it, and still raises the cursors that it holds', () => {
  const gatherer = new NoticeGatherer(3, 7_000);
  gatherer.add({ users: [1, 2, 3].map((n) => [id(n), n]) });
  assert.deepEqual([gatherer.size, gatherer.dropped], [3, 0]);
  gatherer.add({ users: [[id(4), 4]], presence: [id(1)] });
  gatherer.add({ users: [[id(2), 20]] });
  assert.deepEqual([gatherer.size, gatherer.dropped], [3, 2]);
  assert.deepEqual(taken(gatherer), [
    {
      users: [
        [id(1), 1],
        [id(2), 20],
        [id(3), 3],
      ],
    },
  ]);
  gatherer.add({ users: [[id(4), 4]] });
  assert.deepEqual(taken(gatherer), [{ users: [[id(4), 4]] }], 'there is room again');
  assert.equal(gatherer.dropped, 2);
});

test('an entry that fits into no payload is dropped and counted', () => {
  const gatherer = new NoticeGatherer(10, 100);
  gatherer.add({ presence: [id(1)], typing: [[id(1), id(2), id(3), true]] });
  assert.deepEqual([taken(gatherer), gatherer.dropped], [[{ presence: [id(1)] }], 1]);
});

test('what is no notice is none: a field that is not known, a value of another type, no JSON', () => {
  const texts = [
    ...['', 'x', 'null', '[]', '7', '{"users":1}', `{"users":[["${id(1)}",-1]]}`, '{"users":[["x",1]]}'],
    ...['{"content":["hello"]}', `{"presence":["${id(1)}"],"more":[]}`, '{"login":["10.0.0.1"]}'],
    ...[`{"users":[["${id(1)}",1.5]]}`, `{"users":[["${id(1)}",1,2]]}`, '{"__proto__":1}'],
  ];
  for (const text of texts) assert.equal(readNotice(Buffer.from(text)), null, text);
  assert.equal(readNotice(Uint8Array.of(0x22, 0xff, 0x22)), null, 'no UTF-8');
  assert.deepEqual(readNotice(Buffer.from('{}')), {});
});
