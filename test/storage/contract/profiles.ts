import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LogEvent } from '../../../server/protocol/server-frames.ts';
import { avatarVersion } from '../../../server/storage/avatar-version.ts';
import type { Writes } from '../../../server/storage/writes.ts';
import { inOrder } from '../../support/in-order.ts';
import { Stage, type StoreFactory } from '../stage.ts';

type Change = Omit<Writes['changeProfile']['in'], 'userId'>;

const change = (stage: Stage, userId: string, input: Change): Promise<Writes['changeProfile']['out']> =>
  stage.do('changeProfile', { userId, ...input });

const IMAGE = Buffer.alloc(200_000, 7);
const avatarOf = (bytes: Buffer, type: 'image/png' | 'image/jpeg' = 'image/png') => ({
  type,
  version: avatarVersion(bytes),
  bytes,
});

/** What the log of a user says of others' profiles, and of their deletions. */
const usersIn = async (stage: Stage, userId: string): Promise<Extract<LogEvent, { type: 'user' }>[]> =>
  (await stage.log(userId)).flatMap((event) => (event.type === 'user' ? [event] : []));

const settled = async (stage: Stage): Promise<void> => {
  for (let left = 'telling'; left === 'telling';) ({ left } = await stage.do('continueSteps', { rows: 7 }));
};

/** Profiles:
 *  U2 Whoever is not deleted has the three fields, for everybody.
 *  U3 A change is told to the user and to all partners, once; what is so already is told to nobody.
 *  U4 A replay tells a profile as it is now, and each user's last change only.
 *  U5 A deletion removes all of it at once.
 *  U7 Users are found by the beginning of their username or of a word of their display name. */
export const profileRules = (factory: StoreFactory): void => {
  describe('profiles', () => {
    changeRules(factory);
    tellingRules(factory);
    avatarRules(factory);
    searchRules(factory);
  });
};

const changeRules = (factory: StoreFactory): void => {
  test('[U1] [U2] a change sets what it names, and everybody sees it', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
    const seen = async (viewer = ben) => {
      const user = await stage.queries.user(viewer, ann);
      assert.ok(user !== null && !('deleted' in user));
      return [user.display_name, user.about, user.avatar];
    };
    assert.deepEqual(await seen(), [null, null, null]);
    assert.deepEqual(await change(stage, ann, { displayName: 'Ann Árbor' }), {
      kind: 'changed',
      left: 'none',
    });
    assert.deepEqual(await seen(), ['Ann Árbor', null, null]);
    await change(stage, ann, { about: 'in the garden' });
    assert.deepEqual(await seen(), ['Ann Árbor', 'in the garden', null]);
    assert.deepEqual(await seen(ann), ['Ann Árbor', 'in the garden', null]);
    await change(stage, ann, { displayName: null });
    assert.deepEqual(await seen(), [null, 'in the garden', null]);
    await stage.store.restart();
    assert.deepEqual(await seen(), [null, 'in the garden', null]);
    const me = await stage.queries.me(ann);
    assert.ok(me !== null && !('deleted' in me));
    assert.equal(me.about, 'in the garden');
    assert.equal((await stage.queries.adminUser('ann'))?.about, 'in the garden');
    const { conversationId } = await stage.say(ann, ben, 'hello');
    const peer = (await stage.queries.conversation(ben, conversationId))?.peer;
    assert.ok(peer !== undefined && !('deleted' in peer));
    assert.equal(peer.about, 'in the garden');
    assert.equal(
      (await stage.queries.conversations(ben, 1, null))?.conversations[0]?.last_message?.sender_name,
      'ann',
    );
  });

  test('[U1] [U3] what is so already changes nothing; nobody is called like the deleted', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
    await stage.say(ann, ben, 'hello');
    await change(stage, ann, { displayName: 'Ann', about: 'here' });
    const before = await stage.queries.headCursor(ben);
    assert.deepEqual(await change(stage, ann, { displayName: 'Ann', about: 'here' }), { kind: 'unchanged' });
    assert.deepEqual(await change(stage, ann, {}), { kind: 'unchanged' });
    assert.deepEqual(await stage.do('setAvatar', { userId: ann, avatar: null }), { kind: 'unchanged' });
    assert.deepEqual(stage.told, []);
    for (const displayName of [
      'Deleted User',
      '  deleted\u00a0 ÜSER',
      'De\u200bleted User',
      'Deleted\u3164User\u2800',
      'DeletedUser',
    ])
      assert.deepEqual(await change(stage, ann, { displayName }), { kind: 'name-refused' }, displayName);
    assert.equal(await stage.queries.headCursor(ben), before);
    assert.deepEqual(await change(stage, stage.ids.next(), { about: 'x' }), { kind: 'not-found' });
    await stage.remove(ann);
    assert.deepEqual(await change(stage, ann, { about: 'x' }), { kind: 'not-found' });
    assert.deepEqual(await stage.do('setAvatar', { userId: ann, avatar: avatarOf(IMAGE) }), {
      kind: 'not-found',
    });
  });
};

const tellingRules = (factory: StoreFactory): void => {
  test('[U3] [S7] the user and all partners are told, as each of them sees the user', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann, ben, cleo, dora] = await stage.people('ann', 'ben', 'cleo', 'dora');
    assert.ok(ann !== undefined && ben !== undefined && cleo !== undefined && dora !== undefined);
    await stage.appear(ann);
    await stage.say(ann, ben, 'from ann');
    await stage.say(cleo, ann, 'to ann');
    const heads = await inOrder([ann, ben, cleo, dora], (each) => stage.queries.headCursor(each));
    await change(stage, ann, { displayName: 'Ann' });
    const told = new Map(stage.told.map(({ userId, event }) => [userId, event]));
    assert.deepEqual([...told.keys()].sort(), [ann, ben, cleo].sort());
    for (const [at, viewer] of [ann, ben, cleo].entries()) {
      const event = told.get(viewer);
      assert.ok(event?.type === 'user');
      assert.equal(event.cursor, (heads[at] ?? 0) + 1, 'its number is the next one of that log');
      assert.deepEqual(event.payload, { change: 'updated', user: await stage.queries.user(viewer, ann) });
      assert.deepEqual(await stage.log(viewer, event.cursor - 1), [event], 'a replay tells the same');
    }
    const statuses = [ann, ben, cleo].map((viewer) => {
      const event = told.get(viewer);
      return event?.type === 'user' && !('deleted' in event.payload.user) ? event.payload.user.status : '';
    });
    assert.deepEqual(statuses, ['online', 'online', null]);
    assert.equal(await stage.queries.headCursor(dora), heads[3]);
    const [pageOfBen, pageOfCleo] = await stage.queries.logs(
      [
        { userId: ben, after: heads[1] ?? 0 },
        { userId: cleo, after: heads[2] ?? 0 },
      ],
      10,
    );
    assert.deepEqual(pageOfBen?.events, [told.get(ben)]);
    assert.deepEqual(pageOfCleo?.events, [told.get(cleo)]);
  });

  test('[U4] [D10] a replay has the last change of each user only, as the profile is now', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann, ben, cleo] = [
      await stage.person('ann'),
      await stage.person('ben'),
      await stage.person('cleo'),
    ];
    await stage.say(ann, ben, 'one');
    await stage.say(cleo, ben, 'two');
    await change(stage, ann, { displayName: 'First' });
    await change(stage, cleo, { displayName: 'Cleo' });
    await stage.say(ben, ann, 'three');
    await change(stage, ann, { displayName: 'Second' });
    const last = stage.told.find(({ userId }) => userId === ben)?.event.cursor;
    const events = await usersIn(stage, ben);
    assert.deepEqual(
      events.map(({ payload }) => 'deleted' in payload.user || payload.user.display_name),
      ['Cleo', 'Second'],
    );
    assert.equal(events.at(-1)?.cursor, last);
    assert.equal(await stage.queries.headCursor(ben), last, 'what is left out keeps its number');
    await stage.say(ann, ben, 'four');
    assert.deepEqual(
      (await stage.log(ben)).filter(({ type }) => type === 'message').length,
      4,
      'nothing else is left out',
    );
  });

  test('[U3] [U5] many partners are told in steps, also after a restart; whoever is deleted meanwhile tells nobody', async (t) => {
    const stage = await Stage.open(t, factory);
    const ann = await stage.person('ann');
    const partners = await inOrder(Array.from({ length: 70 }), (_, n) =>
      stage.person(`partner-${String(n)}`),
    );
    for (const partner of partners) await stage.say(ann, partner, 'hello');
    const toldOf = async (name: string): Promise<number> => {
      const logs = await inOrder(partners, (each) => usersIn(stage, each));
      return logs.filter(
        ([event]) =>
          event?.payload.user.id === ann &&
          'display_name' in event.payload.user &&
          event.payload.user.display_name === name,
      ).length;
    };
    assert.deepEqual(await change(stage, ann, { displayName: 'One' }), { kind: 'changed', left: 'telling' });
    const first = stage.told.length - 1;
    assert.ok(first > 0 && first < partners.length, String(first));
    assert.deepEqual(await stage.do('continueSteps', { rows: 5 }), { left: 'telling' });
    assert.equal(stage.told.length, 5);
    await change(stage, ann, { displayName: 'Two' });
    await stage.store.restart();
    await settled(stage);
    assert.equal(await toldOf('Two'), partners.length);
    for (const partner of partners) assert.equal((await usersIn(stage, partner)).length, 1, 'once');
    await change(stage, ann, { displayName: 'Three' });
    await stage.remove(ann);
    await settled(stage);
    for (const partner of partners) {
      const events = await usersIn(stage, partner);
      assert.deepEqual(
        events.map(({ payload }) => payload.change),
        ['deleted'],
        'a replay tells the deletion only',
      );
    }
  });
};

const avatarRules = (factory: StoreFactory): void => {
  test('[U6] [U5] an avatar is stored as it is, replaced, removed, and gone with its user', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
    await stage.say(ann, ben, 'hello');
    const versionSeen = async () => {
      const user = await stage.queries.user(ben, ann);
      return user === null || 'deleted' in user ? 'deleted' : user.avatar;
    };
    const stored = async () => {
      const found = await stage.queries.avatar(ann);
      return found === null ? null : { ...found, bytes: Buffer.from(found.bytes) };
    };
    assert.equal(await stored(), null);
    const first = avatarOf(IMAGE);
    assert.deepEqual(await stage.do('setAvatar', { userId: ann, avatar: first }), {
      kind: 'changed',
      left: 'none',
    });
    assert.deepEqual(stage.told.map(({ userId }) => userId).sort(), [ann, ben].sort());
    assert.deepEqual(await stored(), first);
    assert.equal(await versionSeen(), first.version);
    assert.deepEqual(await stage.do('setAvatar', { userId: ann, avatar: first }), { kind: 'unchanged' });
    const second = avatarOf(Buffer.from('small'), 'image/jpeg');
    await stage.do('setAvatar', { userId: ann, avatar: second });
    await stage.store.restart();
    assert.deepEqual(await stored(), second);
    assert.equal(await stage.queries.avatar(ben), null);
    assert.equal(await stage.queries.avatar(stage.ids.next()), null);
    await stage.do('setAvatar', { userId: ann, avatar: null });
    assert.equal(await stored(), null);
    assert.equal(await versionSeen(), null);
    await stage.do('setAvatar', { userId: ann, avatar: first });
    await change(stage, ann, { displayName: 'Ann', about: 'here' });
    await stage.remove(ann);
    assert.equal(await stored(), null);
    assert.deepEqual(await stage.queries.user(ben, ann), {
      id: ann,
      username: 'Deleted User',
      deleted: true,
    });
    assert.deepEqual(await stage.queries.users(ben, 'ann', 10), []);
  });
};

const searchRules = (factory: StoreFactory): void => {
  test('[U7] [F6] users are found by the beginnings of usernames and of words of display names', async (t) => {
    const stage = await Stage.open(t, factory);
    const viewer = await stage.person('viewer');
    const named = async (username: string, displayName: string): Promise<string> => {
      const id = await stage.person(username);
      await change(stage, id, { displayName });
      return id;
    };
    await named('mara', 'Émile Zola Émilia');
    await named('emil', 'Somebody Else');
    await named('otto', 'ÆSCHYLUS ｅｍｉｌ');
    await named('gone', 'Emil Gone');
    const found = async (query: string, limit = 10): Promise<string[]> =>
      (await stage.queries.users(viewer, query, limit)).map(({ username }) => username);
    // By username first, then in the order of the words: emil, emil, emile.
    assert.deepEqual(await found('emil'), ['emil', 'otto', 'gone', 'mara']);
    assert.deepEqual(await found('EMIL', 2), ['emil', 'otto']);
    assert.deepEqual(await found('zol'), ['mara']);
    assert.deepEqual(await found('aesch'), ['otto']);
    assert.deepEqual(await found('zol em'), ['mara']);
    assert.deepEqual(await found('zol some'), []);
    assert.deepEqual(await found('mil'), [], 'not within a word');
    assert.deepEqual(await found('m'), ['mara'], 'once');
    const ids = await stage.queries.userIdByName('gone');
    await stage.remove(ids ?? '');
    assert.deepEqual(await found('emil go'), []);
    const searched = async (q: string, type: 'users' | 'conversations' = 'users'): Promise<string[]> => {
      const answer = await stage.queries.search(viewer, q, { type, limit: 10 });
      return [
        ...answer.users.map(({ username }) => username),
        ...answer.conversations.map(({ peer }) => peer.username),
      ];
    };
    assert.deepEqual(await searched('emil'), ['emil', 'otto', 'mara']);
    assert.deepEqual(await searched('mi'), ['emil'], 'parts of usernames');
    assert.deepEqual(
      await searched('ot emil'),
      ['otto'],
      'one word in the username, one in the display name',
    );
    const mara = (await stage.queries.userIdByName('mara')) ?? '';
    await stage.say(viewer, mara, 'hello');
    assert.deepEqual(await searched('zola', 'conversations'), ['mara']);
    assert.deepEqual(await searched('ola', 'conversations'), []);
    await change(stage, mara, { displayName: 'Nobody' });
    assert.deepEqual(await searched('zola'), []);
    assert.deepEqual(await searched('zola', 'conversations'), []);
  });

  test('[U7] [F6] a word of a display name begins after punctuation too, and anywhere in names without spaces', async (t) => {
    const stage = await Stage.open(t, factory);
    const viewer = await stage.person('viewer');
    const found: Readonly<Record<string, readonly string[]>> = {
      'Maria Müller-Huber': ['huber', 'müller-h', 'MULLER', 'maria hub'],
      'Dr.(Rita) d’Angelo/Schmidt': ['rita', 'angelo', "d'ang", 'schmidt'],
      '🦊Fuchs': ['fuchs', '🦊f'],
      李小龍: ['李', '小龍', '龍'],
      김철수: ['김', '철수'],
    };
    for (const [at, [displayName, queries]] of Object.entries(found).entries()) {
      const username = `user-${String(at)}`;
      await change(stage, await stage.person(username), { displayName });
      for (const query of queries) {
        const users = await stage.queries.users(viewer, query, 10);
        assert.deepEqual(
          users.map((user) => user.username),
          [username],
          query,
        );
        assert.equal(
          (await stage.queries.search(viewer, query, { type: 'users', limit: 10 })).users.length,
          1,
        );
      }
    }
    for (const query of ['uber', 'ller', '-huber', 'ㅏ'])
      assert.deepEqual(await stage.queries.users(viewer, query, 10), [], query);
  });

  test('[U7] a page of users found by their display names is as long as was asked for', async (t) => {
    const stage = await Stage.open(t, factory);
    const viewer = await stage.person('viewer');
    for (let n = 0; n < 12; n += 1) {
      const id = await stage.person(`user-${String(n)}`);
      await change(stage, id, { displayName: `Quirin Quint ${String(n)}` });
    }
    const names = (await stage.queries.users(viewer, 'q', 5)).map(({ username }) => username);
    assert.equal(new Set(names).size, 5);
    assert.equal((await stage.queries.users(viewer, 'qu', 50)).length, 12);
  });
};
