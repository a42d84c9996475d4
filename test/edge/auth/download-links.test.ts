import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DownloadLinks, LINK_TTL_S } from '../../../server/edge/auth/download-links.ts';
import { SigningKeys } from '../../../server/edge/auth/signing-keys.ts';
import { openTokens } from '../../../server/edge/auth/tokens.ts';
import { systemIds } from '../../../server/runtime/ids.ts';
import type { StoredSession } from '../../../server/storage/reads.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const WHO = {
  userId: '01890000-0000-7000-8000-000000000001',
  username: 'ada',
  sessionId: '01890000-0000-7000-8000-000000000002',
};
const key = (letter: string): Uint8Array => Buffer.alloc(32, letter);

const stage = () => {
  const clock = new ManualClock();
  const keys = new SigningKeys(key('a'));
  const sessions = new Map<string, StoredSession>([
    [
      WHO.sessionId,
      { userId: WHO.userId, username: 'ada', role: 'user', expiresAt: clock.now() + 86_400_000 },
    ],
  ]);
  const queries = { session: (id: string) => Promise.resolve(sessions.get(id) ?? null) };
  const links = new DownloadLinks({ keys, clock, ids: systemIds, queries });
  const tokens = openTokens({ keys, accessTtlS: 3600, clock, queries, sessionNow: null });
  return { clock, keys, sessions, links, tokens };
};

test('[E5] a link is good until it is used', async () => {
  const { links } = stage();
  const [first, second] = [await links.issue(WHO), await links.issue(WHO)];
  assert.notEqual(first, second);
  const opened = await links.open(first);
  assert.deepEqual(opened?.who, WHO);
  assert.notEqual(await links.open(first), null, 'whoever only looks does not use it');
  opened.use();
  assert.equal(await links.open(first), null);
  assert.notEqual(await links.open(second), null);
});

test('[E5] a link is good for a minute, and while its session is there', async () => {
  const { links, clock, sessions } = stage();
  const link = await links.issue(WHO);
  clock.advance(LINK_TTL_S * 1000 - 1);
  assert.notEqual(await links.open(link), null);
  const session = sessions.get(WHO.sessionId);
  sessions.clear();
  assert.equal(await links.open(link), null);
  assert.ok(session);
  sessions.set(WHO.sessionId, { ...session, expiresAt: clock.now() });
  assert.equal(await links.open(link), null);
  sessions.set(WHO.sessionId, { ...session, userId: '01890000-0000-7000-8000-000000000009' });
  assert.equal(await links.open(link), null);
  sessions.set(WHO.sessionId, session);
  clock.advance(1);
  assert.equal(await links.open(link), null);
});

test('[E5] a link is no access token, and an access token no link', async () => {
  const { links, tokens } = stage();
  const link = await links.issue(WHO);
  assert.equal(await tokens.authenticate(link), null);
  assert.equal(tokens.authenticateNow(link), null);
  assert.notEqual(await tokens.authenticate((await tokens.issue(WHO)).token), null);
  assert.equal(await links.open((await tokens.issue(WHO)).token), null);
});

test('[E5] what this server has not signed is no link; a new key ends none', async () => {
  const { links, keys, clock } = stage();
  const link = await links.issue(WHO);
  for (const other of [
    '',
    'a.b.c',
    link.slice(0, -2),
    `${link}x`,
    link.replace(/^[^.]+/, 'eyJhbGciOiJub25lIn0'),
  ])
    assert.equal(await links.open(other), null, other);
  keys.rotate(key('b'), clock.now() + 3_600_000);
  assert.notEqual(await links.open(link), null);
  keys.rotate(key('c'), clock.now() + 3_600_000);
  assert.equal(await links.open(link), null);
});
