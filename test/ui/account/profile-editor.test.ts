import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OwnAccount, UserResource } from '../../../server/protocol/resources/user.ts';
import { ProfileEditor } from '../../../ui/account/profile-editor.ts';
import { aboutFault, displayNameFault } from '../../../ui/account/profile-faults.ts';
import { withProfileOf } from '../../../ui/model/person.ts';
import { ApiProblem } from '../../../ui/net/problem.ts';
import { AT, ME } from '../sample.ts';

const user = (
  display_name: string | null,
  about: string | null,
  avatar: string | null = null,
): OwnAccount => {
  const profile = { display_name, about, avatar, role: 'user' } as const;
  return { id: ME, username: 'ada', created_at: AT, status: 'online', last_seen: null, ...profile };
};

/** An editor of a profile on a server that answers when it is told to. */
const stage = (own: UserResource | null = user('Ada', 'Hello')) => {
  const state = {
    own,
    changes: [] as object[],
    pictures: [] as (Blob | null)[],
    fails: null as ApiProblem | null,
  };
  const answer = (): Promise<void> =>
    state.fails === null ? Promise.resolve() : Promise.reject(state.fails);
  const editor = new ProfileEditor({
    own: () => state.own,
    learn: (fresh) => {
      state.own = state.own === null ? fresh : withProfileOf(state.own, fresh);
    },
    api: {
      me: () => Promise.resolve(user('Ada', 'Hello', 'v1')),
      changeProfile: async (change) => {
        state.changes.push(change);
        await answer();
        return { ...state.own!, ...change };
      },
      setAvatar: async (picture) => {
        state.pictures.push(picture);
        await answer();
      },
      removeAvatar: async () => {
        state.pictures.push(null);
        await answer();
      },
    },
  });
  return { editor, state };
};

test('only what differs is sent, trimmed; an empty field is sent as none', async () => {
  const { editor, state } = stage();
  editor.type('name', '  Ada L.  ');
  editor.type('about', 'Hello ');
  assert.ok(editor.form.isEdited);
  assert.equal(await editor.save(), null);
  assert.deepEqual(state.changes, [{ display_name: 'Ada L.' }]);
  assert.deepEqual(
    [editor.form.name, editor.form.isEdited, editor.form.news],
    ['Ada L.', false, { what: 'saved' }],
  );
  editor.type('about', ' ');
  await editor.save();
  assert.deepEqual(state.changes[1], { about: null });
});

test('a field that was not touched shows what another device has saved, and one that was keeps what is typed', () => {
  const { editor, state } = stage();
  editor.type('about', 'Mine');
  state.own = user('From elsewhere', 'From elsewhere');
  assert.deepEqual([editor.form.name, editor.form.about], ['From elsewhere', 'Mine']);
  editor.undo();
  assert.deepEqual([editor.form.about, editor.form.isEdited], ['From elsewhere', false]);
});

test('a faulty field is named and nothing is sent; typing takes the fault away', async () => {
  const { editor, state } = stage();
  editor.type('name', 'x'.repeat(66));
  editor.type('about', 'a\u202eb');
  assert.equal(await editor.save(), 'name');
  assert.deepEqual(editor.form.faults, { name: { why: 'long', over: 2 }, about: { why: 'control' } });
  assert.deepEqual(state.changes, []);
  editor.type('name', 'x');
  assert.deepEqual(editor.form.faults, { about: { why: 'control' } });
});

test('without the server, and where it refuses, what was typed stays and it is said why', async () => {
  const { editor, state } = stage();
  editor.type('name', 'Ada B.');
  const cases = [
    [new ApiProblem('offline', ''), { what: 'failed', of: 'fields', code: 'offline' }],
    [
      new ApiProblem('too_many_requests', '', { retryAfterS: 61 }),
      { what: 'tooOften', of: 'fields', minutes: 2 },
    ],
    [new ApiProblem('bad_request', ''), { what: 'failed', of: 'fields', code: 'bad_request' }],
  ] as const;
  for (const [problem, news] of cases) {
    state.fails = problem;
    assert.equal(await editor.save(), null);
    assert.deepEqual([editor.form.news, editor.form.name, editor.form.busy], [news, 'Ada B.', null]);
  }
  state.fails = new ApiProblem('bad_request', '', { errors: [{ path: 'display_name', message: 'taken' }] });
  assert.equal(await editor.save(), 'name');
  assert.deepEqual(editor.form.faults, { name: { why: 'refused' } });
});

test('what is typed while it is being saved is not lost', async () => {
  const { editor } = stage();
  editor.type('name', 'One');
  const saving = editor.save();
  assert.equal(editor.form.busy, 'fields');
  editor.type('name', 'Two');
  await saving;
  assert.deepEqual([editor.form.name, editor.form.isEdited], ['Two', true]);
});

test('a picture is sent, and the profile with its version asked for; a refusal leaves the former one', async () => {
  const { editor, state } = stage();
  const picture = new Blob(['x'], { type: 'image/webp' });
  await editor.setPicture(picture);
  assert.deepEqual([state.pictures, editor.form.news], [[picture], { what: 'pictureSaved' }]);
  assert.equal((state.own as { avatar?: string }).avatar, 'v1');
  state.fails = new ApiProblem('payload_too_large', '');
  await editor.setPicture(null);
  assert.deepEqual(editor.form.news, { what: 'failed', of: 'picture', code: 'payload_too_large' });
  assert.equal((state.own as { avatar?: string }).avatar, 'v1');
});

test('before the profile is known, the fields are empty and hold no change', () => {
  const { editor } = stage(null);
  assert.deepEqual([editor.form.user, editor.form.name, editor.form.isEdited], [null, '', false]);
});

test('names and texts are checked as the server checks them', () => {
  for (const good of ['', ' ', 'Ada', '李 小龍', 'ا', '👩🏽‍🚀'.repeat(16), 'x'.repeat(64)])
    assert.equal(displayNameFault(good), null, good);
  const bad: readonly (readonly [string, string])[] = [
    ['x'.repeat(65), 'long'],
    ['a\nb', 'control'],
    ['a\u2066b', 'control'],
    ['a\ud800b', 'control'],
    ['a\u2028b', 'control'],
    ['\u200b\u200d', 'invisible'],
    ['Deleted  USER', 'reserved'],
    ['ｄｅｌｅｔｅｄ user', 'reserved'],
  ];
  for (const [text, why] of bad) assert.equal(displayNameFault(text)?.why, why, JSON.stringify(text));
  assert.deepEqual(aboutFault('😀'.repeat(201)), { why: 'long', over: 1 });
  assert.equal(aboutFault(`${'😀'.repeat(200)}   `), null);
});
