import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MessageResource } from '../../../server/protocol/resources/message.ts';
import type { LogEvent } from '../../../server/protocol/server-frames.ts';
import { rfc3339 } from '../../../server/protocol/rfc3339.ts';
import { removeBefore } from '../removing.ts';
import { pairOf, Stage, type StoreFactory } from '../stage.ts';

const HEART = '❤️';

/** `ann` and `ben`, and a message of each. */
const conversing = async (stage: Stage) => {
  const [ann = '', ben = ''] = await stage.people('ann', 'ben');
  const [hers, his] = [stage.ids.next(), stage.ids.next()];
  const { conversationId } = await stage.say(ann, ben, 'a needle', hers);
  await stage.say(ben, ann, 'hay', his);
  return { ann, ben, hers, his, conversationId };
};

const reactionsIn = (message: MessageResource | null | undefined): unknown =>
  message?.reactions.map(({ user_id: user, emoji }) => [user, emoji]);

const shownTo = async (stage: Stage, viewer: string, conversationId: string): Promise<unknown> =>
  (await stage.queries.messages(viewer, conversationId, { limit: 50 }))?.messages.map(reactionsIn);

const isReaction = (event: LogEvent): boolean => event.type === 'reaction';

/** Of the reactions that a user's log tells. */
const emojisIn = async (stage: Stage, user: string): Promise<unknown> =>
  (await stage.log(user)).flatMap((event) => (event.type === 'reaction' ? [event.payload.emoji] : []));

/** Reactions:
 *  M4 One of each user to a message, in the order in which they were set.
 *  M5 A change is an event of both logs.
 *  M6 What is so already changes nothing, and is answered with what made it so.
 *  M7 Not to a message that the user can't read; not to a deleted user's.
 *  M8 Nothing else changes, and who has deleted the message is told nothing.
 *  M9 A replay tells what was told live, but for messages that are gone.
 *  M10 The reactions of a deleted user stay. */
export const reactionRules = (factory: StoreFactory): void => {
  describe('reactions', () => {
    whatIsShown(factory);
    whatIsTold(factory);
    whatIsRefused(factory);
    whatStays(factory);
  });
};

const whatIsShown = (factory: StoreFactory): void => {
  test('[M4] one of each user, the last one, in the order in which they were set', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, hers, his, conversationId } = await conversing(stage);
    await stage.react(ben, hers, '👍');
    await stage.react(ann, hers, HEART);
    const [thumb, heart, party] = [[ben, '👍'] as const, [ann, HEART] as const, [ben, '🎉'] as const];
    for (const viewer of [ann, ben])
      assert.deepEqual(await shownTo(stage, viewer, conversationId), [[thumb, heart], []]);
    await stage.react(ben, hers, '🎉');
    assert.deepEqual(await shownTo(stage, ann, conversationId), [[heart, party], []]);
    await stage.react(ann, hers, null);
    await stage.react(ann, his, '👍');
    assert.deepEqual(await shownTo(stage, ben, conversationId), [[party], [[ann, '👍']]]);
    await stage.react(ann, hers, HEART);
    assert.deepEqual(await shownTo(stage, ann, conversationId), [[party, heart], [[ann, '👍']]]);
  });

  test('[M4] list, search, log and undelivered messages show them too', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, hers, his, conversationId } = await conversing(stage);
    await stage.react(ann, hers, '👍');
    await stage.react(ben, his, HEART);
    for (const viewer of [ann, ben]) {
      const shown = await stage.queries.conversation(viewer, conversationId);
      assert.deepEqual(reactionsIn(shown?.last_message), [[ben, HEART]]);
      const [listed] = (await stage.queries.conversations(viewer, 10, null))?.conversations ?? [];
      assert.deepEqual(reactionsIn(listed?.last_message), [[ben, HEART]]);
      const hits = (await stage.queries.search(viewer, 'needle', { limit: 10 })).messages;
      assert.deepEqual(hits.map(reactionsIn), [[[ann, '👍']]]);
      const logged = (await stage.log(viewer)).flatMap((event) =>
        event.type === 'message' ? [reactionsIn(event.payload)] : [],
      );
      assert.deepEqual(logged, [[[ann, '👍']], [[ben, HEART]]]);
    }
    const { events } = await stage.queries.undelivered(ben, 0, 10);
    assert.deepEqual(
      events.map((event) => event.type === 'message' && reactionsIn(event.payload)),
      [[[ann, '👍']]],
    );
  });

  test('[M4] pages with reactions far apart, and many of them', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, conversationId } = await conversing(stage);
    const ids: string[] = [];
    for (let n = 0; n < 150; n += 1) {
      const id = stage.ids.next();
      ids.push(id);
      await stage.say(ann, ben, n % 50 === 0 ? 'rare word' : 'other', id);
    }
    for (const [n, id] of ids.entries()) if (n % 7 === 0) await stage.react(ben, id, '👍');
    const page = (await stage.queries.messages(ann, conversationId, { limit: 200 }))?.messages ?? [];
    assert.deepEqual(
      page.filter(({ reactions }) => reactions.length > 0).map(({ message_id: id }) => id),
      ids.filter((_, n) => n % 7 === 0),
    );
    const hits = (await stage.queries.search(ann, 'rare', { limit: 10 })).messages;
    assert.deepEqual(
      hits.map(({ reactions }) => reactions.length),
      [0, 0, 1],
    );
  });
};

const whatIsTold = (factory: StoreFactory): void => {
  test('[M5] [M9] both logs hold every change, live and in a replay', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, hers, conversationId } = await conversing(stage);
    const heads = [await stage.queries.headCursor(ann), await stage.queries.headCursor(ben)];
    const live = new Map<string, LogEvent[]>([
      [ann, []],
      [ben, []],
    ]);
    for (const [user, emoji] of [
      [ben, '👍'],
      [ben, HEART],
      [ann, '👍'],
      [ben, null],
    ] as const) {
      const reacted = await stage.react(user, hers, emoji);
      assert.deepEqual(reacted, {
        ...{ kind: 'reacted', conversationId, seq: 1, at: stage.clock.now(), isNew: true },
        cursor: await stage.queries.headCursor(user),
      });
      for (const { userId, event } of stage.told) live.get(userId)?.push(event);
    }
    for (const [n, user] of [ann, ben].entries()) {
      const told = live.get(user) ?? [];
      assert.deepEqual(
        told.map(({ cursor }) => cursor),
        [1, 2, 3, 4].map((step) => (heads[n] ?? 0) + step),
      );
      assert.deepEqual(
        told.map(({ payload }) => 'user_id' in payload && [payload.user_id, payload.emoji]),
        [
          [ben, '👍'],
          [ben, HEART],
          [ann, '👍'],
          [ben, null],
        ],
      );
      assert.deepEqual((await stage.log(user)).filter(isReaction), told);
      assert.deepEqual(await stage.log(user, (heads[n] ?? 0) + 2), told.slice(2), 'from the middle');
    }
    assert.deepEqual(live.get(ann)?.[0]?.payload, {
      message_id: hers,
      conversation_id: conversationId,
      seq: 1,
      user_id: ben,
      emoji: '👍',
      at: rfc3339(live.get(ann)?.[0]?.at ?? 0),
    });
    await stage.store.restart();
    assert.deepEqual((await stage.log(ann)).filter(isReaction), live.get(ann));
  });

  test('[M6] what is so already makes no event, and is answered as the change that made it so', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, hers, his, conversationId } = await conversing(stage);
    const first = await stage.react(ben, hers, '👍');
    const again = async (user: string, id: string, emoji: string | null): Promise<unknown> => {
      const outcome = await stage.react(user, id, emoji);
      assert.deepEqual(stage.told, []);
      return outcome;
    };
    assert.deepEqual(await again(ben, hers, '👍'), { ...first, isNew: false });
    const back = await stage.react(ben, hers, null);
    assert.deepEqual(await again(ben, hers, null), { ...back, isNew: false });
    const messages = (await stage.log(ann)).filter(({ type }) => type === 'message');
    const never = { kind: 'reacted', conversationId, isNew: false };
    const [own, theirs] = messages.map(({ cursor, at }) => ({ ...never, cursor, at }));
    assert.deepEqual(await again(ann, hers, null), { ...own, seq: 1 }, 'to one’s own message');
    assert.deepEqual(await again(ann, his, null), { ...theirs, seq: 2 }, 'to one of the peer');
    await stage.remove(ann);
    assert.deepEqual(
      await stage.react(ben, hers, null),
      { ...back, isNew: false },
      'whatever happened since',
    );
  });

  test('[M5] [M6] several changes in one commit, one after the other', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, hers, conversationId } = await conversing(stage);
    await stage.react(ben, hers, '🎉');
    const fresh = stage.ids.next();
    const pair = pairOf(ann, ben);
    const set = (userId: string, messageId: string, emoji: string | null) =>
      ({
        type: 'setReaction',
        input: { userId, messageId, emoji, pair, requestId: stage.ids.next() },
      }) as const;
    const outcomes = await stage.store.commit([
      set(ben, hers, '👍'),
      set(ben, hers, '👍'),
      set(ben, hers, HEART),
      {
        type: 'appendMessage',
        input: { messageId: fresh, pair, senderId: ann, newConversationId: stage.ids.next(), content: 'new' },
      },
      set(ben, fresh, '👍'),
      set(ann, fresh, HEART),
      set(ann, fresh, null),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.ok && 'isNew' in outcome.result && outcome.result.isNew),
      [true, false, true, false, true, true, true],
    );
    assert.deepEqual(await shownTo(stage, ann, conversationId), [[[ben, HEART]], [], [[ben, '👍']]]);
    for (const user of [ann, ben]) assert.equal((await stage.log(user)).filter(isReaction).length, 6);
  });
};

const whatIsRefused = (factory: StoreFactory): void => {
  test('[M7] unknown, foreign, deleted or removed messages are not found; a deleted user’s is a conflict', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, hers, his, conversationId } = await conversing(stage);
    const cleo = await stage.person('cleo');
    const none = { kind: 'not-found' };
    assert.deepEqual(await stage.setReaction(ann, stage.ids.next(), '👍'), none, 'unknown');
    assert.deepEqual(await stage.setReaction(cleo, hers, '👍'), none, 'foreign');
    await stage.hide(ann, conversationId);
    assert.deepEqual(await stage.setReaction(ann, his, '👍'), none, 'deleted');
    assert.deepEqual(await stage.setReaction(ann, his, null), none, 'deleted');
    stage.clock.advance(1);
    await stage.say(ben, ann, 'later');
    await removeBefore(stage, stage.clock.now());
    assert.deepEqual(await stage.setReaction(ben, his, '👍'), none, 'removed');
    const last = stage.ids.next();
    await stage.say(ann, ben, 'last', last);
    await stage.remove(ann);
    assert.deepEqual(await stage.setReaction(ben, last, '👍'), { kind: 'conflict' });
    assert.deepEqual(
      await stage.setReaction(ann, last, '👍'),
      none,
      'of a deleted user nothing is carried out',
    );
    assert.equal((await stage.log(ben)).filter(isReaction).length, 0);
  });

  test('[M8] nothing else changes', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, hers, conversationId } = await conversing(stage);
    const cleo = await stage.person('cleo');
    await stage.say(cleo, ann, 'newer');
    const state = async (viewer: string): Promise<unknown> =>
      (await stage.queries.conversations(viewer, 10, null))?.conversations.map((each) => ({
        ...each,
        last_message: each.last_message?.message_id,
      }));
    const before = [await state(ann), await state(ben)];
    const undelivered = await stage.queries.undelivered(ann, 0, 10);
    await stage.react(ben, hers, '👍');
    await stage.react(ann, hers, HEART);
    assert.deepEqual([await state(ann), await state(ben)], before);
    assert.deepEqual(
      (await stage.queries.undelivered(ann, 0, 10)).events.map(({ cursor }) => cursor),
      undelivered.events.map(({ cursor }) => cursor),
    );
    await stage.hide(ann, conversationId);
    const head = await stage.queries.headCursor(ann);
    await stage.react(ben, hers, HEART);
    assert.deepEqual(
      stage.told.map(({ userId }) => userId),
      [ben],
    );
    assert.equal(await stage.queries.headCursor(ann), head, 'nothing is in the log of who has deleted it');
    assert.equal((await stage.queries.conversations(ann, 10, null))?.conversations.length, 1);
  });
};

const whatStays = (factory: StoreFactory): void => {
  test('[M9] replays leave out reactions to messages that were deleted', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, hers, conversationId } = await conversing(stage);
    await stage.react(ben, hers, '👍');
    await stage.hide(ann, conversationId);
    const fresh = stage.ids.next();
    await stage.say(ben, ann, 'again', fresh);
    await stage.react(ann, fresh, HEART);
    assert.deepEqual([await emojisIn(stage, ann), await emojisIn(stage, ben)], [[HEART], ['👍', HEART]]);
  });

  test('[M9] [C9] reactions go with the messages that retention removes; cursors stay', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, hers, his, conversationId } = await conversing(stage);
    await stage.react(ben, hers, '👍');
    await stage.react(ann, his, HEART);
    await stage.react(ben, hers, null);
    await stage.react(ann, hers, HEART);
    stage.clock.advance(1);
    const cut = stage.clock.now();
    const kept = stage.ids.next();
    stage.clock.advance(1);
    await stage.say(ann, ben, 'kept', kept);
    await stage.react(ben, kept, '🎉');
    const page = await stage.queries.expiredMessages({ before: cut, after: null, limit: 50 });
    assert.deepEqual(
      page.messages.map(({ reactions }) => reactions.map(({ userId, emoji }) => [userId, emoji])),
      [[[ann, HEART]], [[ann, HEART]]],
      'an archive gets what is there when they go',
    );
    const heads = [await stage.queries.headCursor(ann), await stage.queries.headCursor(ben)];
    await removeBefore(stage, cut);
    for (const user of [ann, ben]) {
      assert.deepEqual(await emojisIn(stage, user), ['🎉']);
      assert.deepEqual(await shownTo(stage, user, conversationId), [[[ben, '🎉']]]);
    }
    assert.deepEqual([await stage.queries.headCursor(ann), await stage.queries.headCursor(ben)], heads);
    await stage.react(ann, kept, '👍');
    assert.deepEqual(await shownTo(stage, ann, conversationId), [
      [
        [ben, '🎉'],
        [ann, '👍'],
      ],
    ]);
  });

  test('[M10] the reactions of a deleted user stay for the other one', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, hers, his, conversationId } = await conversing(stage);
    await stage.react(ben, hers, '👍');
    await stage.react(ann, his, HEART);
    const before = await stage.log(ann);
    await stage.remove(ben);
    await stage.store.settle();
    assert.deepEqual(await shownTo(stage, ann, conversationId), [[[ben, '👍']], [[ann, HEART]]]);
    assert.deepEqual((await stage.log(ann)).filter(isReaction), before.filter(isReaction));
  });
};
