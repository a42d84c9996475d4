import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../support/paths.ts';

const page = readFileSync(join(repositoryRoot, 'docs/troubleshoot.md'), 'utf8');
const rows = new Map(
  [...page.matchAll(/^\| `([^`]+)` +\| (warn|error|fatal) +\|/gm)].map(([, event = '', level = '']) => [
    event,
    level,
  ]),
);

const sources = readdirSync(join(repositoryRoot, 'server'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join(repositoryRoot, 'server', file), 'utf8'));

/** Events whose name is put together, or stands elsewhere. */
const NAMED_ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  '`disk.${state}`': ['disk.full', 'disk.unknown'],
  reason: ['refresh token reused'],
};

/** What stands between the bracket at `start` and the one that closes it. */
const argumentsAt = (source: string, start: number): string => {
  let depth = 0;
  for (let at = start; at < source.length; at += 1) {
    if ('([{'.includes(source.charAt(at))) depth += 1;
    if (')]}'.includes(source.charAt(at))) depth -= 1;
    if (depth === 0) return source.slice(start + 1, at);
  }
  throw new Error('a bracket is not closed');
};

const logged = sources.flatMap((source) =>
  [...source.matchAll(/(?:\blog|\bLog|capture|#log)\.(warn|error|fatal)(?=\()/g)].flatMap((match) => {
    const [text, level = ''] = match;
    const given = argumentsAt(source, match.index + text.length);
    const event = /(?:^|,)\s*('[^']*'|`[^`]*`|\w+),?\s*$/.exec(given)?.[1] ?? given;
    const names = NAMED_ELSEWHERE[event] ?? [event.replaceAll("'", '')];
    return names.map((name): [string, string] => [name, level]);
  }),
);

test('every warning and error of the server has a row that says what to do, with its level', () => {
  assert.ok(logged.length > 40, `only ${String(logged.length)} were found`);
  for (const [event, level] of logged)
    assert.equal(rows.get(event), level, `${event} has no row with this level`);
});

test('no row is about an event that is not logged any more', () => {
  const known = new Set(logged.map(([event]) => event));
  assert.deepEqual(
    [...rows.keys()].filter((event) => !known.has(event)),
    [],
  );
});

test('every check of the doctor has a row', () => {
  const doctor = readFileSync(join(repositoryRoot, 'server/operator/doctor.ts'), 'utf8');
  const checks = new Set([...doctor.matchAll(/finding\('([^']+)'\)/g)].map(([, check = '']) => check));
  assert.ok(checks.size >= 8);
  for (const check of checks) assert.match(page, new RegExp(`^\\| ${check} +\\|`, 'm'));
});
