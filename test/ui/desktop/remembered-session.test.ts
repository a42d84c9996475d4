import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PRIVATE_FILES, RememberedSession } from '../../../ui/platform/desktop/remembered-session.ts';

const HOME = 'https://chat.example.org';
const KEY = 'parley.session';

/** What a start of the program finds: the storage of the last one, and its own arguments. */
const machine = () => {
  const stored = new Map<string, string>();
  const place = {
    storage: {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, text: string) => void stored.set(key, text),
      removeItem: (key: string) => void stored.delete(key),
    },
    system: 'Linux',
    args: [PRIVATE_FILES] as readonly string[],
  };
  let seen = 0;
  const start = (server = HOME): RememberedSession =>
    new RememberedSession(
      place,
      () => server,
      () => {
        seen += 1;
      },
    );
  return { place, stored, start, seen: () => seen };
};

test('nothing is stored unless the person asked for it', () => {
  const { stored, start } = machine();
  const session = start();
  assert.equal(session.choice, 'ask');
  session.remember(false);
  session.write('secret');
  assert.equal(session.read(), 'secret');
  assert.equal(stored.size, 0);
  assert.equal(start().read(), null);
});

test('a remembered session is there at the next start, each renewal in the place of the last', () => {
  const { stored, start } = machine();
  const session = start();
  session.remember(true);
  for (const token of ['first', 'second', 'third']) session.write(token);
  assert.deepEqual([...stored], [[KEY, JSON.stringify({ server: HOME, session: 'third' })]]);
  const next = start();
  assert.equal(next.read(), 'third');
  assert.ok(next.remembers());
});

test('another server is never shown the session of the first', () => {
  const { start } = machine();
  const session = start();
  session.remember(true);
  session.write('secret');
  const other = start('https://other.example.org');
  assert.equal(other.read(), null);
  assert.equal(other.remembers(), false);
});

test('logging out and thinking again both take it out of the storage', () => {
  for (const end of [
    (session: RememberedSession) => {
      session.write(null);
    },
    (session: RememberedSession) => {
      session.remember(false);
    },
  ]) {
    const { stored, start } = machine();
    const session = start();
    session.remember(true);
    session.write('secret');
    end(session);
    assert.equal(stored.size, 0);
  }
});

test('a start whose folders are open to others stores nothing, and does not read what is there', () => {
  const { place, stored, start } = machine();
  const session = start();
  session.remember(true);
  session.write('secret');
  place.args = [];
  const bare = start();
  assert.equal(bare.choice, 'never');
  assert.equal(bare.read(), null);
  bare.remember(true);
  bare.write('other');
  assert.equal(bare.remembers(), false);
  assert.ok(!JSON.stringify([...stored]).includes('other'));
  place.system = 'Windows';
  assert.equal(start().choice, 'ask');
});

test('what can’t be read counts as none', () => {
  const { stored, start } = machine();
  for (const text of ['', '{', 'null', '[]', '{"server":1}', `{"server":"${HOME}"}`]) {
    stored.set(KEY, text);
    assert.equal(start().read(), null, text);
  }
});

test('a full disk: the session goes on in memory, and nobody is told that it is remembered', () => {
  const { place, start } = machine();
  const session = start();
  place.storage.setItem = () => {
    throw new Error('full');
  };
  session.remember(true);
  session.write('secret');
  assert.equal(session.read(), 'secret');
  assert.equal(session.remembers(), false);
});

test('who narrows the page to one server is told of every session, stored or new, and of no other', () => {
  const { start, seen } = machine();
  const session = start();
  session.write(null);
  assert.equal(seen(), 0);
  session.remember(true);
  session.write('secret');
  assert.equal(seen(), 1);
  start();
  assert.equal(seen(), 2);
  start('https://other.example.org');
  assert.equal(seen(), 2);
});
