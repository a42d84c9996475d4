import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { rawAnswer } from '../support/raw-http.ts';
import { chance, count, scaled } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';

/** S-10: no path leads to a byte from outside the client's own files. */
const PATHS = scaled({ sample: 400, long: 4_000 });
const server = await sharedServer({ after });
const { hostname, port, host } = new URL(server.url);

const UP = [
  '..',
  '%2e%2e',
  '%2E.',
  '.%2e',
  '%252e%252e',
  '%25%32%65%25%32%65',
  '..;',
  '%c0%ae%c0%ae',
  '%e0%80%ae%e0%80%ae',
  '%uff0e%uff0e',
  '\u2025',
  '...',
  '.. ',
  '..%00',
  '%00..',
  '..%0d%0a',
  '..\t',
];
const SLASH = [
  '/',
  '//',
  '\\',
  '%2f',
  '%5c',
  '%252f',
  '%255c',
  '%c0%af',
  '%c1%9c',
  '/./',
  '/;/',
  '%u2215',
  '\\\\',
  '/%00/',
];
const OUTSIDE = [
  'etc/passwd',
  'server/main.js',
  'dist/server/main.js',
  'bundle/main.js',
  'dist/bundle/main.js',
  'package.json',
  'data/jwt.key',
  'data/parley.db',
  'jwt.key',
  'refresh.key',
  'parley.db',
  'parley.db-wal',
  '.git/config',
  'proc/self/environ',
  'node_modules/jose/package.json',
  'index.html',
];
const START = [
  '/',
  '/assets/',
  '/index.html/',
  '//',
  '/./',
  '',
  'http://x/',
  'file:///',
  '/%2e/',
  '/assets/../',
  '/ws/',
];
const END = [
  '',
  '%00',
  '%00.html',
  '?.html',
  '#.js',
  '.js',
  '/',
  '/.',
  '%20',
  ';x=y',
  '::$DATA',
  '.map',
  '~',
  '.bak',
];

const FOREIGN =
  /root:.*:0:|"name": ?"parley"|"license"|^import |SQLite format|sourceMappingURL|\[core\]|PARLEY_/m;

test('paths in every spelling: nothing from outside, and never an error of ours', async (t) => {
  const random = chance(t);
  const statuses = new Map<string, number>();
  let socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  for (let i = 0; i < PATHS; i += 1) {
    const climbs = Array.from(
      { length: random.between(0, 8) },
      () => random.pick(UP) + random.pick(SLASH),
    ).join('');
    const path = random.pick(START) + climbs + random.pick(OUTSIDE) + random.pick(END);
    const sent = path.replaceAll(' ', random.chance(0.9) ? '%20' : ' ');
    if (socket.destroyed) {
      socket = connect(Number(port), hostname);
      await once(socket, 'connect');
    }
    const answer = await rawAnswer(
      socket,
      `GET ${Buffer.from(sent).toString('latin1')} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    );
    if (!socket.readable || /\r\nconnection: close/i.test(answer)) socket.destroy();
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 'none';
    assert.match(status, /^(?:404|400|405|431|505|none|200)$/, `${path}: ${answer.slice(0, 200)}`);
    if (status === '200') assert.match(answer, /<!doctype html/i, `${path} is the page itself`);
    assert.doesNotMatch(answer.slice(answer.indexOf('\r\n\r\n') + 4), FOREIGN, path);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  socket.destroy();
  count(t, 'S-10', { paths: PATHS, seed: random.seed, ...Object.fromEntries(statuses) });
});
