import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionKeeper } from '../../../ui/platform/session-keeper.ts';
import { credentialsOf, keptCredentials } from '../../../ui/account/credential-store.ts';
import { ME, PEER } from '../sample.ts';

const keeping = (text: string | null): SessionKeeper & { text: string | null } => ({
  text,
  choice: 'always',
  remembers: () => true,
  remember: () => undefined,
  read() {
    return this.text;
  },
  write(next) {
    this.text = next;
  },
  end() {
    this.text = null;
  },
  onChange: () => undefined,
});

const WHOLE = {
  userId: ME,
  username: 'ada',
  accessToken: 'eyJh.eyJz-_.x_y-z',
  refreshToken: 'Abc-_9',
  expiresAt: 1_800_000_000_000,
};

test('a whole session is read as it was written', () => {
  const keeper = keeping(null);
  const store = keptCredentials(keeper);
  assert.equal(store.read(), null);
  store.write(WHOLE);
  assert.deepEqual(store.read(), WHOLE);
  // Of a later build, perhaps.
  keeper.text = JSON.stringify({ ...WHOLE, more: 1, expiresAt: 0 });
  assert.equal(store.read()?.username, 'ada');
});

test('whatever is damaged is no session, and is removed', () => {
  const whole = JSON.stringify(WHOLE);
  const values = [undefined, null, true, 5, '', {}, [], 'ä b', 'x\n', 'x'.repeat(5_000)];
  const kept = (name: string, value: unknown): boolean =>
    (name === 'username' && typeof value === 'string' && value !== '') ||
    (name === 'expiresAt' && value === 5);
  const damaged = [
    ...[
      '{}',
      'true',
      'null',
      '0',
      '"x"',
      '[]',
      '[1]',
      '',
      '{',
      'undefined',
      '\0',
      whole.slice(0, -1),
      whole.slice(9),
    ],
    ...Object.keys(WHOLE).flatMap((name) =>
      values.flatMap((value) => (kept(name, value) ? [] : [JSON.stringify({ ...WHOLE, [name]: value })])),
    ),
  ];
  for (const text of damaged) {
    const keeper = keeping(text);
    assert.equal(keptCredentials(keeper).read(), null, text);
    assert.equal(keeper.text, null, text);
  }
});

test('one person’s view of the store neither reads nor replaces what is another person’s', () => {
  const store = keptCredentials(keeping(JSON.stringify(WHOLE)));
  const mine = credentialsOf(store, ME);
  assert.equal(mine.read()?.username, 'ada');
  mine.write({ ...WHOLE, accessToken: 'renewed' });
  assert.equal(store.read()?.accessToken, 'renewed');
  store.write({ ...WHOLE, userId: PEER, username: 'eve' });
  assert.equal(mine.read(), null);
  mine.write(null);
  mine.write(WHOLE);
  assert.equal(store.read()?.username, 'eve');
  store.write(null);
  mine.write(WHOLE);
  assert.equal(store.read(), null, 'logged out meanwhile: a late renewal does not log in again');
});
