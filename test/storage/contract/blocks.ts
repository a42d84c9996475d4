import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BLOCKS_MAX } from '../../../server/protocol/limits.ts';
import type { WriteMessage, Writes } from '../../../server/storage/writes.ts';
import { pairOf, Stage, type StoreFactory } from '../stage.ts';

/** Sends a message, whatever becomes of it. */
const send = (
  stage: Stage,
  from: string,
  to: string,
  content = 'hello',
  messageId = stage.ids.next(),
): Promise<Writes['appendMessage']['out']> =>
  stage.do('appendMessage', {
    ...{ messageId, pair: pairOf(from, to), senderId: from, newConversationId: stage.ids.next(), content },
  });

const blockedBy = async (stage: Stage, userId: string): Promise<readonly string[]> =>
  (await stage.queries.blocks(userId)).map(({ id }) => id);

const presenceSeen = async (stage: Stage, viewer: string, userId: string): Promise<unknown> => {
  const user = await stage.queries.user(viewer, userId);
  assert.ok(user !== null && !('deleted' in user));
  return user.status;
};

/** Blocks:
 *  B1 A block is made and ended by one user; what is so already changes nothing.
 *  B2 Between two of whom one blocks the other nothing is stored: no message, no reaction, no new conversation.
 *  B3 Whoever is blocked does not see the presence of the other.
 *  B5 What was there stays. B6 The user's own devices are told. B7 There are bounds. */
export const blockRules = (factory: StoreFactory): void => {
  describe('blocks', () => {
    changeRules(factory);
    refusalRules(factory);
    presenceRules(factory);
    deletionRules(factory);
  });
};

const changeRules = (factory: StoreFactory): void => {
  test('[B1] [B6] a block is made and ended once, and told to the one who makes it', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann, ben, cid] = [await stage.person('ann'), await stage.person('ben'), await stage.person('cid')];
    assert.deepEqual(await stage.block(ann, ben), { kind: 'changed', isSeen: false });
    assert.deepEqual(
      stage.told.map(({ userId, event }) => [userId, event.type === 'user' && event.payload]),
      [[ann, { change: 'blocked', user: await stage.queries.user(ann, ben) }]],
    );
    assert.deepEqual(await stage.block(ann, ben), { kind: 'unchanged' });
    await stage.block(ann, cid);
    assert.deepEqual(await blockedBy(stage, ann), [cid, ben], 'the last one first');
    assert.deepEqual(await blockedBy(stage, ben), []);
    await stage.store.restart();
    assert.deepEqual(await blockedBy(stage, ann), [cid, ben]);
    assert.deepEqual(await stage.block(ann, ben, false), { kind: 'changed', isSeen: false });
    assert.deepEqual(await stage.block(ann, ben, false), { kind: 'unchanged' });
    assert.deepEqual(await stage.block(ann, ben), { kind: 'changed', isSeen: false });
    assert.deepEqual(await blockedBy(stage, ann), [ben, cid], 'one that was ended is a new one');
    assert.deepEqual(
      (await stage.log(ann)).map(({ payload }) => 'change' in payload && payload.change),
      ['blocked', 'blocked', 'unblocked', 'blocked'],
    );
    assert.equal(await stage.queries.headCursor(ben), 0, 'nobody else is told');
  });

  test('[B1] [D7] nobody blocks who is unknown, deleted or oneself', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
    for (const peer of [stage.ids.next(), ann])
      assert.deepEqual(await stage.block(ann, peer), { kind: 'not-found' });
    assert.deepEqual(await stage.block(stage.ids.next(), ann), { kind: 'not-found' });
    await stage.remove(ben);
    await stage.store.settle();
    assert.deepEqual(await stage.block(ann, ben), { kind: 'peer-deleted' });
    assert.deepEqual(await stage.block(ann, ben, false), { kind: 'unchanged' });
    assert.deepEqual(await stage.block(ben, ann), { kind: 'not-found' });
  });

  test('[B7] a user blocks so many others at most', async (t) => {
    const stage = await Stage.open(t, factory);
    const ann = await stage.person('ann');
    const others = await stage.people(...Array.from({ length: BLOCKS_MAX + 1 }, (_, at) => `u${String(at)}`));
    const last = others.pop() ?? '';
    const outcomes = await stage.store.commit(
      others.map((peerId): WriteMessage => ({
        type: 'setBlock',
        input: { userId: ann, peerId, blocked: true },
      })),
    );
    assert.ok(outcomes.every((each) => each.ok && 'kind' in each.result && each.result.kind === 'changed'));
    assert.deepEqual(await stage.block(ann, last), { kind: 'too-many' });
    assert.equal((await stage.queries.blocks(ann)).length, BLOCKS_MAX);
    await stage.block(ann, others[0] ?? '', false);
    assert.deepEqual(await stage.block(ann, last), { kind: 'changed', isSeen: false });
    assert.equal((await blockedBy(stage, ann))[0], last);
  });
};

const refusalRules = (factory: StoreFactory): void => {
  test('[B2] between two of whom one blocks the other nothing is stored, and no conversation begins', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
    const open = (userId: string, peerId: string) =>
      stage.do('openConversation', { userId, peerId, newConversationId: stage.ids.next() });
    await stage.block(ann, ben);
    const heads = async () => [await stage.queries.headCursor(ann), await stage.queries.headCursor(ben)];
    const before = await heads();
    assert.deepEqual(await send(stage, ben, ann), { kind: 'blocked', by: 'recipient' });
    assert.deepEqual(await send(stage, ann, ben), { kind: 'blocked', by: 'sender' });
    assert.deepEqual(await open(ben, ann), { kind: 'blocked', by: 'recipient' });
    assert.deepEqual(await open(ann, ben), { kind: 'blocked', by: 'sender' });
    assert.deepEqual(await heads(), before);
    assert.deepEqual((await stage.queries.conversations(ben, 50, null))?.conversations, []);
    await stage.block(ann, ben, false);
    assert.equal((await send(stage, ben, ann)).kind, 'appended');
  });

  test('[B2] [B5] the same in a conversation that is there; a repeat gets its first answer, and receipts go on', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
    const [first, second] = [stage.ids.next(), stage.ids.next()];
    const { conversationId } = await stage.say(ben, ann, 'one', first);
    await stage.say(ann, ben, 'two', second);
    await stage.react(ben, second, '👍');
    await stage.block(ann, ben);
    assert.deepEqual(await send(stage, ben, ann), { kind: 'blocked', by: 'recipient' });
    const reply = {
      pair: pairOf(ann, ben),
      senderId: ben,
      newConversationId: stage.ids.next(),
      content: 'x',
    };
    assert.deepEqual(
      await stage.do('appendMessage', { ...reply, messageId: stage.ids.next(), replyTo: second }),
      { kind: 'blocked', by: 'recipient' },
    );
    assert.deepEqual(await send(stage, ann, ben), { kind: 'blocked', by: 'sender' });
    const again = await send(stage, ben, ann, 'one', first);
    assert.ok(again.kind === 'appended' && again.duplicate && again.seq === 1);
    assert.deepEqual(await send(stage, ben, ann, 'another', first), { kind: 'conflict', reason: 'id-taken' });
    assert.deepEqual(await stage.setReaction(ben, second, '👎'), { kind: 'blocked', by: 'recipient' });
    assert.deepEqual(await stage.setReaction(ben, second, null), { kind: 'blocked', by: 'recipient' });
    assert.deepEqual(await stage.setReaction(ann, first, '👎'), { kind: 'blocked', by: 'sender' });
    assert.equal((await stage.setReaction(ben, second, '👍')).kind, 'reacted', 'it is so already');
    const told = await stage.mark(ben, conversationId, 2, 'read');
    assert.equal(told.length, 2);
    for (const user of [ann, ben])
      assert.deepEqual(await stage.history(user, conversationId), ['one', 'two']);
    assert.equal(await stage.queries.hasBlock(conversationId), true);
    await stage.store.restart();
    assert.deepEqual(await send(stage, ben, ann), { kind: 'blocked', by: 'recipient' });
    await stage.block(ann, ben, false);
    assert.equal(await stage.queries.hasBlock(conversationId), false);
    assert.equal((await send(stage, ben, ann, 'three')).kind, 'appended');
  });

  test('[B2] each of the two has a block of their own; who blocks opens only what their list shows', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
    const { conversationId } = await stage.say(ben, ann, 'one');
    const open = (userId: string, peerId: string) =>
      stage.do('openConversation', { userId, peerId, newConversationId: stage.ids.next() });
    await stage.block(ann, ben);
    assert.deepEqual(await open(ann, ben), { kind: 'existed', conversationId });
    assert.deepEqual(await open(ben, ann), { kind: 'blocked', by: 'recipient' });
    await stage.hide(ann, conversationId);
    assert.deepEqual(await open(ann, ben), { kind: 'blocked', by: 'sender' });
    await stage.block(ben, ann);
    assert.deepEqual(await send(stage, ben, ann), { kind: 'blocked', by: 'recipient' });
    await stage.block(ann, ben, false);
    assert.deepEqual(await send(stage, ben, ann), { kind: 'blocked', by: 'sender' });
    assert.deepEqual(await send(stage, ann, ben), { kind: 'blocked', by: 'recipient' });
  });

  test('[B2] a block and what comes after it in one batch', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
    const message = (content: string): WriteMessage => ({
      type: 'appendMessage',
      input: {
        ...{ messageId: stage.ids.next(), pair: pairOf(ann, ben), senderId: ben, content },
        newConversationId: stage.ids.next(),
      },
    });
    const block = (blocked: boolean): WriteMessage => ({
      type: 'setBlock',
      input: { userId: ann, peerId: ben, blocked },
    });
    const kinds = async (...batch: readonly WriteMessage[]) =>
      (await stage.store.commit(batch)).map((each) => each.ok && 'kind' in each.result && each.result.kind);
    assert.deepEqual(
      await kinds(block(true), message('a'), block(false), message('b'), block(true), message('c')),
      [...['changed', 'blocked', 'changed', 'appended', 'changed', 'blocked']],
    );
    assert.deepEqual(await kinds(message('d'), block(false), block(true), block(false), message('e')), [
      ...['blocked', 'changed', 'changed', 'changed', 'appended'],
    ]);
    assert.deepEqual(await blockedBy(stage, ann), []);
  });
};

const presenceRules = (factory: StoreFactory): void => {
  test('[B3] [S7] whoever is blocked sees no presence of the other, and is not told of it', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
    const { conversationId } = await stage.say(ann, ben, 'hello');
    await stage.say(ben, ann, 'hello');
    const everywhere = async (viewer: string, userId: string): Promise<readonly unknown[]> => {
      const name = userId === ann ? 'ann' : 'ben';
      const found = await stage.queries.search(viewer, name, { limit: 9 });
      const listed = await stage.queries.conversations(viewer, 9, null);
      const users = [
        await stage.queries.user(viewer, userId),
        (await stage.queries.conversation(viewer, conversationId))?.peer,
        listed?.conversations[0]?.peer,
        ...(await stage.queries.users(viewer, name, 9)),
        ...found.users,
        ...found.conversations.map(({ peer }) => peer),
      ];
      return [
        ...new Set(
          users.map((user) => (user !== null && user !== undefined && 'status' in user ? user.status : '?')),
        ),
      ];
    };
    assert.deepEqual(await everywhere(ben, ann), ['offline']);
    assert.deepEqual(await stage.block(ann, ben), { kind: 'changed', isSeen: true });
    assert.deepEqual(await everywhere(ben, ann), [null]);
    assert.deepEqual(await everywhere(ann, ben), ['offline'], 'the other way round nothing has changed');
    assert.deepEqual(await stage.queries.partners(ann), []);
    await stage.block(ann, await stage.person('eve'));
    const [seen] = await stage.queries.seenPresence([ann]);
    assert.deepEqual([seen?.observers, seen?.hiddenFrom], [[], [ben]], 'eve has never seen it');
    assert.deepEqual(await stage.queries.partners(ben), [ann]);
    await stage.do('changeProfile', { userId: ann, displayName: 'Ann' });
    const told = stage.told.find(({ userId }) => userId === ben)?.event;
    assert.ok(told?.type === 'user' && 'status' in told.payload.user);
    assert.deepEqual([told.payload.user.display_name, told.payload.user.status], ['Ann', null]);
    await stage.block(ann, ben, false);
    assert.deepEqual(await everywhere(ben, ann), ['offline']);
    assert.deepEqual(await stage.queries.partners(ann), [ben]);
  });

  test('[B3] [S7] a change of presence is told to those whom one does not block', async (t) => {
    const stage = await Stage.open(t, factory);
    const session = stage.session();
    const ann = await stage.person('ann', session);
    const [ben, cid] = [await stage.person('ben'), await stage.person('cid')];
    for (const peer of [ben, cid]) await stage.say(ann, peer, 'hello');
    await stage.block(ann, ben);
    await stage.beat();
    const opened = await stage.connect(ann, session.id);
    assert.deepEqual(opened.presence.observers, [cid]);
    assert.equal(await presenceSeen(stage, cid, ann), 'online');
    assert.equal(await presenceSeen(stage, ben, ann), null);
  });
};

const deletionRules = (factory: StoreFactory): void => {
  test('[P7] [B5] the deletion of an account removes its blocks, those of others too, and their lists at once', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann, ben, cid] = [await stage.person('ann'), await stage.person('ben'), await stage.person('cid')];
    const { conversationId } = await stage.say(ann, ben, 'hello');
    await stage.block(ann, ben);
    await stage.block(ben, ann);
    await stage.block(ben, cid);
    await stage.block(cid, ann);
    await stage.remove(ann);
    assert.deepEqual(await blockedBy(stage, ben), [cid]);
    assert.deepEqual(await blockedBy(stage, cid), []);
    assert.deepEqual(await blockedBy(stage, ann), []);
    await stage.store.settle();
    assert.equal(await stage.queries.hasBlock(conversationId), false);
    assert.deepEqual(await stage.block(cid, ann, false), { kind: 'unchanged' });
    assert.deepEqual(await send(stage, ben, ann), { kind: 'conflict', reason: 'recipient-deleted' });
    assert.deepEqual(await blockedBy(stage, ben), [cid]);
  });
};
