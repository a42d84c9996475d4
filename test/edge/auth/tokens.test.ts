import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import {
  hashToken,
  isRefreshToken,
  makeRefreshToken,
  successorOf,
} from '../../../server/edge/auth/refresh-tokens.ts';
import { SigningKeys } from '../../../server/edge/auth/signing-keys.ts';
import { openTokens } from '../../../server/edge/auth/tokens.ts';
import { systemIds } from '../../../server/runtime/ids.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import type { StoredSession } from '../../../server/storage/reads.ts';

const SECRET = Buffer.from('0123456789abcdef0123456789abcdef');
const WHO = {
  userId: '00000000-0000-7000-8000-000000000001',
  username: 'alice',
  sessionId: '00000000-0000-7000-8000-000000000002',
};

const stage = () => {
  const clock = new ManualClock();
  const sessions = new Map<string, StoredSession>([
    [WHO.sessionId, { userId: WHO.userId, username: 'alice', role: 'user', expiresAt: Infinity }],
  ]);
  const sessionNow = (id: string) => sessions.get(id) ?? null;
  const queries = { session: (id: string) => Promise.resolve(sessionNow(id)) };
  const tokens = openTokens({
    keys: new SigningKeys(SECRET),
    accessTtlS: 3600,
    clock,
    queries,
    sessionNow,
  });
  return { clock, sessions, tokens };
};

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const sign = (header: object, payload: object, hash = 'sha256', key: Uint8Array = SECRET): string => {
  const text = `${part(header)}.${part(payload)}`;
  return `${text}.${createHmac(hash, key).update(text).digest('base64url')}`;
};
const now = Math.floor(new ManualClock().now() / 1000);
const HEADER = { alg: 'HS256', typ: 'at+jwt' };
const CLAIMS = {
  sub: WHO.userId,
  username: 'alice',
  sid: WHO.sessionId,
  iat: now,
  exp: now + 3600,
  iss: 'parley',
  aud: 'parley',
};
const without = (name: string): object =>
  Object.fromEntries(Object.entries(CLAIMS).filter(([key]) => key !== name));

test('a token made here says who it is, and nothing is missing', async () => {
  const { tokens } = stage();
  const { token, expiresIn } = await tokens.issue(WHO);
  assert.equal(expiresIn, 3600);
  const [header = '', payload = ''] = token.split('.');
  assert.deepEqual(JSON.parse(Buffer.from(header, 'base64url').toString()), HEADER);
  assert.deepEqual(JSON.parse(Buffer.from(payload, 'base64url').toString()), CLAIMS);
  assert.deepEqual(await tokens.authenticate(token), {
    ...WHO,
    role: 'user',
    expiresAt: (now + 3600) * 1000,
  });
});

test('a token put together by hand with the right key is one of ours', async () => {
  const { tokens } = stage();
  const token = sign(HEADER, CLAIMS);
  assert.notEqual(await tokens.verifyAccess(token), null);
  // Another instance: nothing is remembered of the token.
  const { username, role, ...identity } = (await tokens.authenticate(token)) ?? {};
  assert.deepEqual([username, role], [WHO.username, 'user']);
  assert.deepEqual(stage().tokens.authenticateNow(token), identity);
});

test('a token that we would not have issued so is nobody’s, asked now or later: a list of audiences, a claim more', async () => {
  for (const claims of [
    { ...CLAIMS, aud: ['else', 'parley'] },
    { ...CLAIMS, aud: ['parley'] },
    { ...CLAIMS, admin: true },
  ]) {
    const token = sign(HEADER, claims);
    assert.equal(await stage().tokens.authenticate(token), null);
    assert.equal(stage().tokens.authenticateNow(token), null);
  }
});

const good = sign(HEADER, CLAIMS);
const [goodHead = '', goodBody = '', goodMac = ''] = good.split('.');
const HOSTILE: Readonly<Record<string, string>> = {
  empty: '',
  'not a token': 'alice',
  'two parts': `${goodHead}.${goodBody}`,
  'four parts': `${good}.x`,
  'alg none': `${part({ alg: 'none', typ: 'at+jwt' })}.${goodBody}.`,
  'alg None': `${part({ alg: 'None', typ: 'at+jwt' })}.${goodBody}.`,
  HS384: sign({ ...HEADER, alg: 'HS384' }, CLAIMS, 'sha384'),
  HS512: sign({ ...HEADER, alg: 'HS512' }, CLAIMS, 'sha512'),
  'RS256 by name': sign({ ...HEADER, alg: 'RS256' }, CLAIMS),
  'no alg': sign({ typ: 'at+jwt' }, CLAIMS),
  'no typ': sign({ alg: 'HS256' }, CLAIMS),
  'typ JWT': sign({ alg: 'HS256', typ: 'JWT' }, CLAIMS),
  'crit unknown': sign({ ...HEADER, crit: ['x'], x: 1 }, CLAIMS),
  'another key': sign(HEADER, CLAIMS, 'sha256', Buffer.alloc(32)),
  'an empty key': sign(HEADER, CLAIMS, 'sha256', Buffer.alloc(0)),
  'a changed payload': `${goodHead}.${part({ ...CLAIMS, username: 'bob' })}.${goodMac}`,
  'a changed header': `${part({ ...HEADER, kid: 'x' })}.${goodBody}.${goodMac}`,
  'a cut signature': good.slice(0, -4),
  'no signature': `${goodHead}.${goodBody}.`,
  expired: sign(HEADER, { ...CLAIMS, exp: now }),
  'not yet valid': sign(HEADER, { ...CLAIMS, nbf: now + 60 }),
  'another issuer': sign(HEADER, { ...CLAIMS, iss: 'else' }),
  'another audience': sign(HEADER, { ...CLAIMS, aud: 'else' }),
  'without sub': sign(HEADER, without('sub')),
  'without sid': sign(HEADER, without('sid')),
  'without username': sign(HEADER, without('username')),
  'without exp': sign(HEADER, without('exp')),
  'without iat': sign(HEADER, without('iat')),
  'without iss': sign(HEADER, without('iss')),
  'without aud': sign(HEADER, without('aud')),
  'sub not a UUID': sign(HEADER, { ...CLAIMS, sub: 'alice' }),
  'sid an object': sign(HEADER, { ...CLAIMS, sid: { $ne: null } }),
  'exp as text': sign(HEADER, { ...CLAIMS, exp: '9999999999' }),
  'exp far too large': sign(HEADER, { ...CLAIMS, exp: 1e300 }),
  'payload an array': sign(HEADER, [CLAIMS]),
  'too long': sign(HEADER, { ...CLAIMS, username: 'a'.repeat(5000) }),
};

for (const [what, token] of Object.entries(HOSTILE)) {
  test(`a hostile token is nobody’s: ${what}`, async () => {
    assert.equal(await stage().tokens.verifyAccess(token), null);
    assert.equal(stage().tokens.authenticateNow(token), null);
  });
}

test('a token that was verified once still runs out', async () => {
  const { clock, tokens } = stage();
  const { token } = await tokens.issue(WHO);
  assert.notEqual(await tokens.authenticate(token), null);
  clock.advance(3_599_999);
  assert.notEqual(await tokens.authenticate(token), null);
  clock.advance(1);
  assert.equal(await tokens.authenticate(token), null);
});

test('[P6] a token whose session has ended, or is another’s, is refused at once', async () => {
  const { clock, sessions, tokens } = stage();
  const { token } = await tokens.issue(WHO);
  assert.notEqual(await tokens.authenticate(token), null);
  sessions.delete(WHO.sessionId);
  assert.equal(await tokens.authenticate(token), null);
  sessions.set(WHO.sessionId, { userId: 'another', username: 'bob', role: 'user', expiresAt: Infinity });
  assert.equal(await tokens.authenticate(token), null);
  sessions.set(WHO.sessionId, {
    userId: WHO.userId,
    username: 'alice',
    role: 'user',
    expiresAt: clock.now(),
  });
  assert.equal(await tokens.authenticate(token), null);
});

test('a key shorter than 32 bytes is refused', () => {
  const { clock } = stage();
  assert.throws(() =>
    openTokens({
      keys: new SigningKeys(Buffer.alloc(31)),
      accessTtlS: 1,
      clock,
      queries: { session: () => Promise.resolve(null) },
      sessionNow: null,
    }),
  );
});

test('a refresh token has 256 random bits, and its successor depends on it and on the key alone', () => {
  const token = makeRefreshToken(systemIds);
  assert.ok(isRefreshToken(token));
  assert.equal(Buffer.from(token, 'base64url').length, 32);
  const next = successorOf(token, SECRET);
  assert.ok(isRefreshToken(next));
  assert.equal(successorOf(token, SECRET), next);
  assert.notEqual(successorOf(token, Buffer.alloc(32)), next);
  assert.notEqual(successorOf(makeRefreshToken(systemIds), SECRET), next);
  assert.equal(hashToken(token).length, 32);
  for (const bad of ['', 'x', `${token}A`, `${token.slice(0, -1)}!`, ` ${token}`])
    assert.ok(!isRefreshToken(bad));
});

test('a token issued ahead of the clock, as before the clock was set back, is none; a minute is forgiven', async () => {
  const { tokens } = stage();
  const ahead = (seconds: number): string =>
    sign(HEADER, { ...CLAIMS, iat: now + seconds, exp: now + seconds + 3600 });
  assert.notEqual(await tokens.verifyAccess(ahead(60)), null);
  assert.equal(await tokens.verifyAccess(ahead(61)), null);
  assert.equal(await tokens.verifyAccess(ahead(10 * 365 * 86_400)), null);
});

test('after a new key, tokens of the one before are good until their time is over, in both ways of checking', async () => {
  const clock = new ManualClock();
  const session: StoredSession = {
    userId: WHO.userId,
    username: 'alice',
    role: 'user',
    expiresAt: clock.now() + 86_400_000,
  };
  const keys = new SigningKeys(SECRET);
  const queries = { session: () => Promise.resolve(session) };
  const options = { keys, accessTtlS: 3600, clock, queries, sessionNow: () => session };
  const [tokens, fresh] = [openTokens(options), openTokens(options)];
  const { token } = await tokens.issue(WHO);
  keys.rotate(Buffer.alloc(32, 2), clock.now() + 3_600_000);
  const { token: next } = await tokens.issue(WHO);
  for (const each of [token, next]) {
    assert.equal((await fresh.verifyAccess(each))?.sub, WHO.userId);
    assert.equal(openTokens(options).authenticateNow(each)?.userId, WHO.userId);
  }
  keys.rotate(Buffer.alloc(32, 3), clock.now() + 3_600_000);
  assert.equal(await openTokens(options).verifyAccess(token), null, 'two keys ago');
  clock.advance(3_600_000);
  assert.deepEqual(keys.accepted(clock.now()), [keys.current]);
});

test('a store that answers later: a handshake trusts the token, and the connection asks for the session', async () => {
  const { clock, tokens } = stage();
  const { token } = await tokens.issue(WHO);
  const queries = { session: () => Promise.resolve(null) };
  const remote = openTokens({
    keys: new SigningKeys(SECRET),
    accessTtlS: 3600,
    clock,
    queries,
    sessionNow: null,
  });
  assert.deepEqual(remote.authenticateNow(token), {
    userId: WHO.userId,
    sessionId: WHO.sessionId,
    expiresAt: Math.floor(clock.now() / 1000) * 1000 + 3_600_000,
  });
  assert.equal(await remote.authenticate(token), null);
  assert.equal(remote.authenticateNow(`${token.slice(0, -2)}AA`), null);
});
