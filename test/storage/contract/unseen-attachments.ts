import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { countOf, sendWith, upload } from '../attaching.ts';
import { removeBefore } from '../removing.ts';
import { Stage, type StoreFactory } from '../stage.ts';

/** How many are left once all background work is done. */
const left = async (stage: Stage): Promise<number> => {
  await stage.store.settle();
  return countOf(stage);
};

/** Ann and Ben, and a conversation with two attachments. */
const conversing = async (stage: Stage) => {
  const [ann = '', ben = ''] = await stage.people('ann', 'ben');
  const { conversationId } = await sendWith(stage, ann, ben, [await upload(stage, ann, 'hers')]);
  await sendWith(stage, ben, ann, [await upload(stage, ben, 'his')]);
  return { ann, ben, conversationId };
};

/** G7 An attachment goes when nobody can see a message with it any more. */
export const unseenAttachmentRules = (factory: StoreFactory): void => {
  describe('attachments that nobody sees', () => {
    afterDeletedConversations(factory);
    afterDeletedUsers(factory);
    inSteps(factory);
  });
};

const afterDeletedConversations = (factory: StoreFactory): void => {
  test('[G7] attachments go when both have deleted the conversation with them', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, conversationId } = await conversing(stage);
    await stage.hide(ann, conversationId);
    assert.equal(await left(stage), 2, 'the other one still sees them');
    await sendWith(stage, ann, ben, [await upload(stage, ann, 'later')]);
    await stage.hide(ben, conversationId);
    assert.equal(await left(stage), 1, 'she sees the last one');
    await stage.say(ben, ann, 'and more');
    assert.equal(await left(stage), 1);
    await stage.hide(ann, conversationId);
    assert.equal(await left(stage), 0);
    await sendWith(stage, ann, ben, [await upload(stage, ann, 'anew')]);
    assert.equal(await left(stage), 1);
    await stage.hide(ben, conversationId);
    await stage.store.restart();
    assert.equal(await left(stage), 1);
    await stage.hide(ann, conversationId);
    // What is still to be removed is known after a crash.
    await stage.store.restart();
    assert.equal(await left(stage), 0);
  });

  test('[G7] what is in another message stays', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, conversationId } = await conversing(stage);
    const cleo = await stage.person('cleo');
    const other = await upload(stage, ann, 'for cleo', 'hers');
    await sendWith(stage, ann, cleo, [other]);
    for (const user of [ann, ben]) await stage.hide(user, conversationId);
    assert.equal(await left(stage), 1);
    assert.deepEqual(await stage.queries.attachment(cleo, other.id), other);
  });

  test('[G7] [C8] attachments go with the messages that retention removes', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben } = await conversing(stage);
    stage.clock.advance(1);
    const cut = stage.clock.now();
    await sendWith(stage, ann, ben, [await upload(stage, ann, 'kept')]);
    await removeBefore(stage, cut, 1);
    assert.equal(await left(stage), 1);
    stage.clock.advance(1);
    await removeBefore(stage, stage.clock.now());
    assert.equal(await left(stage), 0);
  });
};

const afterDeletedUsers = (factory: StoreFactory): void => {
  test('[G7] [A5] a deleted user sees nothing, whoever of the two goes first', async (t) => {
    for (const order of ['hides, then the other is deleted', 'is deleted, then the other hides'] as const) {
      const stage = await Stage.open(t, factory);
      const { ann, ben, conversationId } = await conversing(stage);
      if (order === 'hides, then the other is deleted') await stage.hide(ann, conversationId);
      else await stage.remove(ben);
      assert.equal(await left(stage), 2, order);
      if (order === 'hides, then the other is deleted') await stage.remove(ben);
      else await stage.hide(ann, conversationId);
      assert.equal(await left(stage), 0, order);
    }
  });

  test('[G7] [A5] both are deleted', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben } = await conversing(stage);
    const cleo = await stage.person('cleo');
    await sendWith(stage, ann, cleo, [await upload(stage, ann, 'for cleo')]);
    await stage.remove(ann);
    assert.equal(await left(stage), 3);
    await stage.remove(ben);
    assert.equal(await left(stage), 1);
    await stage.remove(cleo);
    assert.equal(await left(stage), 0);
  });

  test('[G7] [A5] what a deleted user has not sent goes', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann } = await conversing(stage);
    await upload(stage, ann, 'unsent');
    assert.equal(await left(stage), 3);
    await stage.remove(ann);
    assert.equal(await left(stage), 2);
  });
};

const inSteps = (factory: StoreFactory): void => {
  test('[G7] [P9] they go in steps, of which each takes so many', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, conversationId } = await conversing(stage);
    const cleo = await stage.person('cleo');
    for (const peer of [ben, cleo])
      for (let n = 0; n < 4; n += 1) {
        const files = [await upload(stage, ann, `${String(n)}a`), await upload(stage, ann, `${String(n)}b`)];
        await sendWith(stage, ann, peer, files);
      }
    for (const user of [ann, ben]) await stage.hide(user, conversationId);
    await stage.remove(cleo);
    await stage.remove(ann);
    for (let more = true; more;) {
      const before = await countOf(stage);
      ({ more } = await stage.do('prune', { budget: 3 }));
      assert.ok(before - (await countOf(stage)) <= 3);
      if (await isTelling(stage)) more = true;
    }
    assert.equal(await countOf(stage), 0);
    assert.deepEqual(await stage.do('prune', { budget: 3 }), { more: false });
  });
};

const isTelling = async (stage: Stage): Promise<boolean> =>
  (await stage.do('continueSteps', { rows: 100 })).left !== 'none';
