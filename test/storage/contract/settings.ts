import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rfc3339 } from '../../../server/protocol/rfc3339.ts';
import { inOrder } from '../../support/in-order.ts';
import { Stage, type StoreFactory } from '../stage.ts';

/** What a user sees of the settings of a conversation. */
const seenBy = async (stage: Stage, userId: string, conversationId: string): Promise<unknown> => {
  const conversation = await stage.queries.conversation(userId, conversationId);
  assert.ok(conversation !== null);
  return [conversation.pinned, conversation.archived, conversation.muted_until];
};
const UNSET = [false, false, null];

/** What the log of a user says of conversations, by cursor. */
const changesIn = async (stage: Stage, userId: string): Promise<readonly (readonly [number, string])[]> =>
  (await stage.log(userId)).flatMap((event) =>
    event.type === 'conversation' ? [[event.cursor, event.payload.change] as const] : [],
  );

/** Settings of conversations:
 *  C10 They are the user's own; a change is told to their devices, once; what is so already is told to nobody.
 *  C12 A message takes its conversation out of the archive, that of the recipient only if it is not muted.
 *  C13 Deleting the conversation resets them. */
export const settingsRules = (factory: StoreFactory): void => {
  describe('settings of conversations', () => {
    changeRules(factory);
    archiveRules(factory);
    resetRules(factory);
    listRules(factory);
  });
};

const talk = async (stage: Stage) => {
  const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
  const { conversationId } = await stage.say(ann, ben, 'hello');
  return { ann, ben, conversationId };
};

const changeRules = (factory: StoreFactory): void => {
  test('[C10] a change sets what it names, for the one who makes it alone', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, conversationId } = await talk(stage);
    const until = stage.clock.now() + 60_000;
    assert.deepEqual(await seenBy(stage, ann, conversationId), UNSET);
    assert.equal(await stage.set(ann, conversationId, { pinned: true }), 'changed');
    assert.equal(await stage.set(ann, conversationId, { archived: true, mutedUntil: until }), 'changed');
    assert.deepEqual(await seenBy(stage, ann, conversationId), [true, true, rfc3339(until)]);
    assert.deepEqual(await seenBy(stage, ben, conversationId), UNSET);
    await stage.store.restart();
    assert.deepEqual(await seenBy(stage, ann, conversationId), [true, true, rfc3339(until)]);
    assert.equal(await stage.set(ann, conversationId, { mutedUntil: null, pinned: false }), 'changed');
    assert.deepEqual(await seenBy(stage, ann, conversationId), [false, true, null]);
  });

  test('[C10] a change is told once, to the one who makes it; a replay tells the last one', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, conversationId } = await talk(stage);
    const [before, bens] = [await stage.queries.headCursor(ann), await stage.queries.headCursor(ben)];
    await stage.set(ann, conversationId, { pinned: true });
    const [told, ...others] = stage.told;
    assert.equal(others.length, 0);
    assert.deepEqual(
      [told?.userId, told?.event.cursor, told?.event.type === 'conversation' && told.event.payload],
      [
        ann,
        before + 1,
        { change: 'updated', conversation: await stage.queries.conversation(ann, conversationId) },
      ],
    );
    for (const settings of [{ pinned: true }, {}, { archived: false }, { mutedUntil: null }]) {
      assert.equal(await stage.set(ann, conversationId, settings), 'unchanged');
      assert.deepEqual(stage.told, []);
    }
    await stage.set(ann, conversationId, { archived: true });
    assert.deepEqual(await changesIn(stage, ann), [
      [1, 'created'],
      [before + 2, 'updated'],
    ]);
    assert.equal(await stage.queries.headCursor(ann), before + 2);
    assert.equal(await stage.queries.headCursor(ben), bens);
  });

  test('[C11] what was muted until a time that has passed is not muted', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, conversationId } = await talk(stage);
    const until = stage.clock.now() + 60_000;
    await stage.set(ann, conversationId, { mutedUntil: until });
    stage.clock.advance(59_999);
    assert.deepEqual(await seenBy(stage, ann, conversationId), [false, false, rfc3339(until)]);
    stage.clock.advance(1);
    assert.deepEqual(await seenBy(stage, ann, conversationId), UNSET);
    assert.equal(await stage.set(ann, conversationId, { mutedUntil: null }), 'unchanged');
    assert.equal(await stage.set(ann, conversationId, { mutedUntil: until + 120_000 }), 'changed');
  });

  test('[C2] [C10] to nobody else, and to no deleted user, is there anything to set', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, conversationId } = await talk(stage);
    const cid = await stage.person('cid');
    assert.equal(await stage.set(cid, conversationId, { pinned: true }), 'not-found');
    const pair = await stage.pair(conversationId);
    const unknown = { userId: ann, conversationId: stage.ids.next(), pair, pinned: true };
    assert.deepEqual(await stage.do('changeSettings', unknown), { kind: 'not-found' });
    await stage.remove(ben);
    assert.equal(await stage.set(ben, conversationId, { pinned: true }), 'not-found');
    assert.equal(await stage.set(ann, conversationId, { pinned: true }), 'changed');
  });
};

const archiveRules = (factory: StoreFactory): void => {
  test('[C12] a message takes its conversation out of both archives, and tells so right after itself', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, conversationId } = await talk(stage);
    for (const user of [ann, ben]) await stage.set(user, conversationId, { archived: true, pinned: true });
    const { senderCursor, recipientCursor } = await stage.say(ben, ann, 'are you there?');
    assert.deepEqual(
      stage.told.map(({ userId, event }) => [userId, event.cursor]).sort(),
      [
        [ann, recipientCursor + 1],
        [ben, senderCursor + 1],
      ].sort(),
    );
    for (const { userId, event } of stage.told)
      assert.deepEqual(event.type === 'conversation' && event.payload, {
        change: 'updated',
        conversation: await stage.queries.conversation(userId, conversationId),
      });
    for (const user of [ann, ben])
      assert.deepEqual(await seenBy(stage, user, conversationId), [true, false, null]);
    await stage.say(ben, ann, 'hello?');
    assert.deepEqual(stage.told, [], 'there is nothing more to tell');
  });

  test('[C12] what is muted stays in the archive until it is muted no longer, or until one writes', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, conversationId } = await talk(stage);
    const mutedUntil = stage.clock.now() + 60_000;
    const archive = () => stage.set(ann, conversationId, { archived: true, mutedUntil });
    const isArchived = async () => (await stage.queries.conversation(ann, conversationId))?.archived;
    await archive();
    await stage.say(ben, ann, 'one');
    assert.equal(await isArchived(), true);
    await stage.say(ann, ben, 'two');
    assert.equal(await isArchived(), false);
    await archive();
    stage.clock.advance(60_000);
    await stage.say(ben, ann, 'three');
    assert.equal(await isArchived(), false);
  });

  test('[C12] [D4] a repeat, a receipt and a reaction bring nothing back', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, conversationId } = await talk(stage);
    const id = stage.ids.next();
    await stage.say(ben, ann, 'once', id);
    await stage.set(ann, conversationId, { archived: true });
    await stage.say(ben, ann, 'once', id);
    await stage.mark(ben, conversationId, 1, 'read');
    await stage.react(ben, id, '👍');
    assert.deepEqual(await seenBy(stage, ann, conversationId), [false, true, null]);
  });
};

const resetRules = (factory: StoreFactory): void => {
  test('[C13] [C4] deleting a conversation resets what was set, for the one who deletes it', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, conversationId } = await talk(stage);
    const mutedUntil = stage.clock.now() + 60_000;
    const all = { pinned: true, archived: true, mutedUntil };
    for (const user of [ann, ben]) await stage.set(user, conversationId, all);
    await stage.hide(ann, conversationId);
    assert.deepEqual(await seenBy(stage, ann, conversationId), UNSET);
    assert.deepEqual(await seenBy(stage, ben, conversationId), [true, true, rfc3339(mutedUntil)]);
    assert.deepEqual(
      (await changesIn(stage, ann)).map(([, change]) => change),
      ['created', 'deleted'],
    );
    // What is set while no list shows it is told to nobody, and holds when a message lists it again.
    assert.equal(await stage.set(ann, conversationId, { pinned: true }), 'changed');
    assert.deepEqual(stage.told, []);
    await stage.say(ben, ann, 'again');
    assert.deepEqual(await seenBy(stage, ann, conversationId), [true, false, null]);
  });

  test('[C13] [C4] what was set after a deletion goes with the next one, though nothing else is left to delete', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, conversationId } = await talk(stage);
    await stage.hide(ann, conversationId);
    await stage.set(ann, conversationId, { pinned: true });
    await stage.hide(ann, conversationId);
    assert.deepEqual(await seenBy(stage, ann, conversationId), UNSET);
    await stage.store.restart();
    await stage.say(ben, ann, 'again');
    assert.deepEqual(await seenBy(stage, ann, conversationId), UNSET);
  });

  test('[P7] the deletion of an account resets what it had set, and leaves the peer what they set', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, conversationId } = await talk(stage);
    for (const user of [ann, ben])
      await stage.set(user, conversationId, { pinned: true, mutedUntil: stage.clock.now() + 60_000 });
    await stage.remove(ann);
    await stage.store.settle();
    const seen = await stage.queries.conversation(ben, conversationId);
    assert.deepEqual([seen?.pinned, seen?.muted_until === null], [true, false]);
    const own = await stage.queries.conversation(ann, conversationId);
    assert.deepEqual([own?.pinned, own?.muted_until], [false, null]);
  });
};

const listRules = (factory: StoreFactory): void => {
  test('[C5] [C14] a list of pinned or archived ones has their order and pages, and no other order has changed', async (t) => {
    const stage = await Stage.open(t, factory);
    const ann = await stage.person('ann');
    const peers = await stage.people('p0', 'p1', 'p2', 'p3', 'p4', 'p5');
    const ids = await inOrder(peers, async (peer) => (await stage.say(ann, peer, 'x')).conversationId);
    for (const at of [0, 2, 5]) await stage.set(ann, ids[at] ?? '', { pinned: true });
    for (const at of [2, 3]) await stage.set(ann, ids[at] ?? '', { archived: true });
    const listed = async (only: { pinned?: boolean; archived?: boolean }, limit = 50) => {
      const found: number[] = [];
      for (let before: string | null = null; ;) {
        const page = await stage.queries.conversations(ann, limit, before, only);
        assert.ok(page !== null);
        found.push(...page.conversations.map(({ id }) => ids.indexOf(id)));
        before = page.next;
        if (before === null) return found;
      }
    };
    assert.deepEqual(await listed({}), [5, 4, 3, 2, 1, 0]);
    for (const limit of [1, 2, 50]) {
      assert.deepEqual(await listed({ pinned: true }, limit), [5, 2, 0]);
      assert.deepEqual(await listed({ pinned: false }, limit), [4, 3, 1]);
      assert.deepEqual(await listed({ archived: true }, limit), [3, 2]);
      assert.deepEqual(await listed({ pinned: true, archived: false }, limit), [5, 0]);
    }
    await stage.hide(ann, ids[5] ?? '');
    assert.deepEqual(await listed({ pinned: true }), [2, 0]);
  });
};
