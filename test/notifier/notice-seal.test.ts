import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NoticeSeal, PAYLOAD_MAX_BYTES, SEAL_VERSION } from '../../server/notifier/notice-seal.ts';
import { chance, count, scaled } from '../support/scale.ts';

const SECRET = 'a key of the operator, 32 bytes or more';
const [A, B] = ['018f3c5e-aaaa-7bbb-8ccc-ddddeeeeffff', '018f3c5e-aaaa-7bbb-8ccc-00000000000b'] as const;
const PAYLOAD = Buffer.from('{"presence":[]}');
const VERSION_AT = 2;

test('what one host seals the others open, with its id and number', () => {
  const [a, b] = [new NoticeSeal(SECRET, A), new NoticeSeal(SECRET, B)];
  for (const number of [1, 2, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
    const opened = b.open(a.seal(number, PAYLOAD));
    assert.ok(opened.kind === 'opened');
    const { hostId, number: read, payload } = opened.envelope;
    assert.deepEqual([hostId, read, Buffer.from(payload)], [A, number, PAYLOAD]);
  }
  const heartbeat = b.open(a.seal(3, new Uint8Array()));
  assert.ok(heartbeat.kind === 'opened' && heartbeat.envelope.payload.length === 0);
});

test('the largest notice is less than the 8,000 bytes that NOTIFY takes, in base64', () => {
  const seal = new NoticeSeal(SECRET, A);
  const sealed = seal.seal(1, Buffer.alloc(PAYLOAD_MAX_BYTES));
  assert.equal(Buffer.from(sealed).toString('base64').length, 7_000);
  assert.equal(seal.open(sealed).kind, 'opened');
  assert.equal(seal.open(seal.seal(2, Buffer.alloc(PAYLOAD_MAX_BYTES + 1))).kind, 'refused');
});

test('neither the content nor the secret can be seen, and no two lives of a host share a key', () => {
  const text = Buffer.from(new NoticeSeal(SECRET, A).seal(1, PAYLOAD)).toString('latin1');
  assert.ok(!text.includes('presence') && !text.includes(SECRET));
  const [one, two] = [A, B].map((host) => Buffer.from(new NoticeSeal(SECRET, host).seal(1, PAYLOAD)));
  assert.notDeepEqual(one?.subarray(-32), two?.subarray(-32));
});

test('a newer version is told from a forgery, an older one is refused', () => {
  const seal = new NoticeSeal(SECRET, A);
  const as = (version: number): string => {
    const sealed = seal.seal(1, PAYLOAD);
    sealed[VERSION_AT] = version;
    return seal.open(sealed).kind;
  };
  assert.deepEqual([as(SEAL_VERSION), as(SEAL_VERSION + 1), as(0)], ['opened', 'newer-version', 'refused']);
  assert.equal(seal.open(Buffer.from([0x50, 0x4e, 9])).kind, 'newer-version', 'whatever follows');
});

test('another key, another host id, another number: refused', () => {
  const seal = new NoticeSeal(SECRET, A);
  assert.equal(seal.open(new NoticeSeal(`${SECRET}.`, A).seal(1, PAYLOAD)).kind, 'refused');
  const [one, other] = [seal.seal(1, PAYLOAD), new NoticeSeal(SECRET, B).seal(2, PAYLOAD)];
  const head = 3 + 16 + 8;
  const spliced = Buffer.concat([Buffer.from(other).subarray(0, head), Buffer.from(one).subarray(head)]);
  assert.equal(seal.open(spliced).kind, 'refused');
});

test('damaged, cut, extended and random bytes are refused and never throw', (t) => {
  const random = chance(t);
  const rounds = scaled({ sample: 1_500, full: 400_000 });
  const [a, b] = [new NoticeSeal(SECRET, A), new NoticeSeal(SECRET, B)];
  const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => random.between(0, 255)));
  const seen = { damaged: 0, cut: 0, extended: 0, random: 0 };
  for (let round = 0; round < rounds; round += 1) {
    const sealed = Buffer.from(a.seal(round + 1, bytes(random.between(0, 60))));
    const kind = random.pick(['damaged', 'cut', 'extended', 'random'] as const);
    seen[kind] += 1;
    let input: Buffer = sealed;
    if (kind === 'damaged') {
      const at = random.between(0, sealed.length - 1);
      sealed[at] = (sealed[at] ?? 0) ^ (1 << random.between(0, 7));
      // Only the version is not covered by the seal, since its meaning is not known.
      if (b.open(sealed).kind === 'newer-version' && at === VERSION_AT) continue;
    } else if (kind === 'cut') input = sealed.subarray(0, random.between(0, sealed.length - 1));
    else if (kind === 'extended') input = Buffer.concat([sealed, bytes(random.between(1, 20))]);
    else input = Buffer.concat([Buffer.from([0x50, 0x4e, SEAL_VERSION]), bytes(random.between(0, 9_000))]);
    assert.equal(b.open(input).kind, 'refused', `${kind} ${input.toString('hex')}`);
  }
  count(t, 'notice-seal', seen);
});

test('a view into a larger buffer is read as what it shows', () => {
  const [a, b] = [new NoticeSeal(SECRET, A), new NoticeSeal(SECRET, B)];
  const larger = new Uint8Array(500).fill(7);
  const sealed = a.seal(5, PAYLOAD);
  larger.set(sealed, 100);
  assert.equal(b.open(larger.subarray(100, 100 + sealed.length)).kind, 'opened');
});
