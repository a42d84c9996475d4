import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs } from '../../ui/net/backoff.ts';
import { positionOf } from '../../ui/net/cursor.ts';
import { decodeFrame } from '../../ui/net/frame-codec.ts';
import { uuidv7 } from '../../ui/net/ids.ts';
import { serverAddress } from '../../ui/net/server-address.ts';
import { parsePreferences } from '../../ui/account/preferences.ts';
import { hashOf, parseRoute } from '../../ui/navigation/route.ts';
import { codePoints } from '../../ui/model/text/code-points.ts';
import { excerpt, stretches } from '../../ui/model/text/excerpt.ts';
import { graphemeStart, shortened } from '../../ui/model/text/graphemes.ts';
import { rowsOf } from '../../ui/history/rows.ts';
import { append, join } from '../../ui/model/timeline.ts';
import { atMinute, CHAT, message } from './sample.ts';

test('back-off grows, is capped, and spreads over the whole span', () => {
  const longest = (attempt: number) => backoffMs(attempt, () => 0.999999);
  assert.ok(longest(0) < 500 && longest(3) > 3_000 && longest(40) <= 30_000);
  assert.equal(
    backoffMs(40, () => 0),
    0,
  );
});

test("[P4] a gap is found by arithmetic; a retry's answer and the replay are none", () => {
  assert.equal(positionOf(null, 9, false), 'next');
  assert.equal(positionOf(4, 5, false), 'next');
  assert.equal(positionOf(4, 6, false), 'gap');
  assert.equal(positionOf(4, 6, true), 'next');
  assert.equal(positionOf(4, 4, false), 'known');
});

test('frames this client does not know are passed over, not thrown at', () => {
  for (const text of [
    '',
    '{',
    '[]',
    'null',
    '{"type":"new","payload":{}}',
    '{"type":"message","payload":{}}',
    '{"type":"__proto__","payload":{}}',
  ]) {
    assert.equal(decodeFrame(text), null, text);
  }
  assert.equal(decodeFrame('{"type":"ping","payload":{},"id":"x"}')?.type, 'ping');
});

test('ids are version 7 and rise with time', () => {
  const of = (now: number) => uuidv7(now, (bytes) => bytes.fill(0xff));
  assert.match(of(0), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(of(1_767_261_600_000) < of(1_767_261_600_001));
  assert.ok(of(1_767_261_600_000).startsWith('019b7'));
});

test('an address of a server is an origin, https unless it is this machine', () => {
  for (const typed of [
    'chat.example.org',
    ' https://chat.example.org/ ',
    'CHAT.example.org',
    'https://chat.example.org/x?y#z',
  ]) {
    assert.equal(serverAddress(typed), 'https://chat.example.org', typed);
  }
  assert.equal(serverAddress('localhost:8080'), 'http://localhost:8080');
  assert.equal(serverAddress('[::1]:8080/'), 'http://[::1]:8080');
  assert.equal(serverAddress('localhost.example.org'), 'https://localhost.example.org');
  assert.equal(serverAddress('http://192.168.1.2:8080'), 'http://192.168.1.2:8080');
  for (const typed of [
    '',
    ' ',
    'https://',
    'ftp://a.b',
    'javascript://a.b',
    'me:pw@a.b',
    'a b',
    'a%20b',
    "a'b",
    'a;b',
    'a,b',
  ]) {
    assert.equal(serverAddress(typed), null, typed);
  }
});

test('code points are counted as the server counts them', () => {
  for (const text of ['', 'abc', '👋🏽', 'e\u0301', '\ud800', 'a\udc00\ud800b', '𝒳'.repeat(5000)]) {
    assert.equal(codePoints(text), [...text].length, JSON.stringify(text.slice(0, 8)));
  }
});

test('highlights count in code points, and a long text is cut around the first', () => {
  assert.deepEqual(stretches('👋 hello', [[2, 4]]), [
    { text: '👋 ', hit: false },
    { text: 'he', hit: true },
    { text: 'llo', hit: false },
  ]);
  const long = `${'x'.repeat(400)} needle ${'y'.repeat(400)}`;
  const cut = excerpt(long, [[401, 407]], 100);
  assert.equal(cut.find((part) => part.hit)?.text, 'needle');
  assert.ok(cut.map((part) => part.text).join('').length <= 102);
});

test('an excerpt begins and ends between whole characters', () => {
  const family = '👨\u200d👩\u200d👧';
  for (let shift = 0; shift < 10; shift += 1) {
    const text = `${'x'.repeat(shift)}${family.repeat(30)} needle ${family.repeat(30)}`;
    const at = [...text].indexOf('n');
    const shown = excerpt(text, [[at, at + 6]], 60)
      .map((part) => part.text)
      .join('');
    assert.match(shown, new RegExp(`^…(${family})+ needle (${family})+…$`, 'u'), String(shift));
  }
});

test('a shortened text ends with a whole character', () => {
  const characters = ['a', '👋🏽', '👨\u200d👩\u200d👧', '🇩🇪', 'e\u0301', '한', 'क्षि', '𝒳'];
  for (const character of characters) {
    const text = `x${character.repeat(300)}`;
    for (let max = 1; max < 40; max += 1) {
      const cut = shortened(text, max);
      assert.ok(cut.length <= max && text.startsWith(cut), `${character} at ${String(max)}`);
      assert.equal((cut.length - 1) % character.length, 0, `${character} at ${String(max)}`);
      assert.ok(
        cut.length + character.length > max,
        `${character} at ${String(max)} is not shorter than it must be`,
      );
    }
  }
  assert.equal(shortened('as it is 👋', 11), 'as it is 👋');
  assert.equal(graphemeStart('👋', 1), 0);
});

test('a character longer than the room for it is cut between code points', () => {
  assert.equal(shortened(`e${'\u0301'.repeat(50)}`, 10), `e${'\u0301'.repeat(9)}`);
  assert.equal(shortened(`👋${'🏽'.repeat(50)}`, 3).isWellFormed(), true);
});

test('rows: days, runs of one person, and one line above the first unread', () => {
  const rows = rowsOf(
    [
      message(1, false, atMinute(0)),
      message(2, false, atMinute(2)),
      message(3, true, atMinute(3)),
      message(4, false, atMinute(4)),
      message(5, false, atMinute(20)),
      message(6, false, atMinute(60 * 24)),
    ],
    3,
  );
  const where = (name: 'day' | 'first' | 'last' | 'unread') =>
    rows.flatMap((row) => (row[name] ? [row.message.seq] : []));
  assert.deepEqual(where('day'), [1, 6]);
  assert.deepEqual(where('unread'), [4]);
  assert.deepEqual(where('first'), [1, 3, 4, 5, 6]);
  assert.deepEqual(where('last'), [2, 3, 4, 5, 6]);
});

test('runs join where they touch, and refuse to where messages are missing', () => {
  const run = (from: number, to: number) => ({
    messages: Array.from({ length: to - from + 1 }, (_, at) => message(from + at)),
    older: true,
    newer: false,
  });
  const seqs = (timeline: ReturnType<typeof join>) => timeline?.messages.map(({ seq }) => seq);
  assert.deepEqual(seqs(join(run(1, 3), run(4, 5))), [1, 2, 3, 4, 5]);
  assert.deepEqual(seqs(join(run(3, 5), run(1, 4))), [1, 2, 3, 4, 5]);
  assert.equal(join(run(1, 3), run(5, 6)), null);
  assert.equal(append(run(1, 3), message(5)), null);
  assert.deepEqual(seqs(append(run(1, 3), message(4))), [1, 2, 3, 4]);
});

test('a route survives the address, and what is none is home', () => {
  assert.deepEqual(parseRoute(hashOf({ name: 'conversation', conversationId: CHAT })), {
    name: 'conversation',
    conversationId: CHAT,
  });
  assert.deepEqual(parseRoute('#/c/../x'), { name: 'home' });
});

test('preferences that no longer exist fall back one by one', () => {
  const read = parsePreferences('{"theme":"dark","textSize":"gigantic","notify":false}');
  assert.equal(read.theme, 'dark');
  assert.equal(read.textSize, 'normal');
  assert.equal(read.notify, false);
  assert.equal(parsePreferences('{').theme, 'system');
});
