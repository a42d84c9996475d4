import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MessageResource } from '../../../server/protocol/resources/message.ts';
import { removeBefore } from '../removing.ts';
import { pairOf, Stage, type StoreFactory } from '../stage.ts';

const replyIn = (message: MessageResource | null | undefined): unknown =>
  message === null || message === undefined ? 'no message' : message.reply_to;

/** `ann` and `ben`, and a message of each. */
const conversing = async (stage: Stage) => {
  const [ann = '', ben = ''] = await stage.people('ann', 'ben');
  const [asked, answered] = [stage.ids.next(), stage.ids.next()];
  const { conversationId } = await stage.say(ann, ben, 'when?', asked);
  await stage.say(ben, ann, 'at noon', answered);
  return { ann, ben, asked, answered, conversationId };
};

/** Replies:
 *  M1 A message may reply to one of its conversation that its sender can read, and to no other.
 *  M2 A reply tells id and `seq` of that message wherever it is shown, and goes on doing so when that message is gone.
 *  M3 What a repeated id replies to has to be repeated too; the first answer does not depend on whether that message is still there. */
export const replyRules = (factory: StoreFactory): void => {
  describe('replies', () => {
    whatMayBe(factory);
    whatIsShown(factory);
    whatIsRepeated(factory);
  });
};

const whatMayBe = (factory: StoreFactory): void => {
  test('[M1] to a message of the same conversation only', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, asked, conversationId } = await conversing(stage);
    const cleo = await stage.person('cleo');
    const elsewhere = stage.ids.next();
    await stage.say(ann, cleo, 'elsewhere', elsewhere);
    const own = stage.ids.next();
    const refused = { kind: 'bad-reply' };
    assert.deepEqual(await stage.append(ann, ben, 'x', undefined, stage.ids.next()), refused, 'unknown');
    assert.deepEqual(await stage.append(ann, ben, 'x', undefined, elsewhere), refused, 'elsewhere');
    assert.deepEqual(await stage.append(ben, cleo, 'x', undefined, asked), refused, 'a first message');
    assert.deepEqual(await stage.append(ann, ben, 'x', own, own), refused, 'itself');
    assert.deepEqual(stage.told, []);
    assert.deepEqual(await stage.history(ann, conversationId), ['when?', 'at noon']);
    assert.equal(await stage.queries.headCursor(ben), 2, 'nothing is logged, and no conversation is made');
    const reply = await stage.say(ann, ben, 'fine', own, asked);
    assert.deepEqual([reply.seq, reply.replyTo], [3, { id: asked, seq: 1 }], 'one may reply to oneself');
  });

  test('[M1] not to a message that the sender has deleted, or retention has removed', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, asked, answered, conversationId } = await conversing(stage);
    await stage.hide(ann, conversationId);
    assert.equal((await stage.append(ann, ben, 'x', undefined, answered)).kind, 'bad-reply');
    assert.equal((await stage.say(ben, ann, 'hello?', undefined, asked)).seq, 3, 'the peer still has it');
    await removeBefore(stage, stage.clock.now());
    assert.equal((await stage.append(ben, ann, 'x', undefined, asked)).kind, 'bad-reply');
  });

  test('[M1] in one commit with the message that it replies to', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben } = await conversing(stage);
    const [first, second] = [stage.ids.next(), stage.ids.next()];
    const input = { pair: pairOf(ann, ben), senderId: ann, newConversationId: stage.ids.next() };
    const outcomes = await stage.store.commit([
      { type: 'appendMessage', input: { ...input, messageId: first, content: 'first' } },
      { type: 'appendMessage', input: { ...input, messageId: second, content: 'second', replyTo: first } },
    ]);
    const [, reply] = outcomes.map((outcome) => (outcome.ok ? outcome.result : null));
    assert.ok(reply !== undefined && reply !== null && 'replyTo' in reply);
    assert.deepEqual(reply.replyTo, { id: first, seq: 3 });
  });
};

const whatIsShown = (factory: StoreFactory): void => {
  test('[M2] history, log, list, search and undelivered messages name it', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, asked, conversationId } = await conversing(stage);
    await stage.say(ann, ben, 'a needle', undefined, asked);
    const expected = { message_id: asked, seq: 1 };
    for (const viewer of [ann, ben]) {
      const page = await stage.queries.messages(viewer, conversationId, { limit: 10 });
      assert.deepEqual(page?.messages.map(replyIn), [null, null, expected]);
      const shown = await stage.queries.conversation(viewer, conversationId);
      assert.deepEqual(replyIn(shown?.last_message), expected);
      const [listed] = (await stage.queries.conversations(viewer, 10, null))?.conversations ?? [];
      assert.deepEqual(replyIn(listed?.last_message), expected);
      const hits = (await stage.queries.search(viewer, 'needle', { limit: 10 })).messages;
      assert.deepEqual(hits.map(replyIn), [expected]);
      const logged = (await stage.log(viewer)).at(-1);
      assert.deepEqual(logged?.type === 'message' && replyIn(logged.payload), expected);
    }
    const { events } = await stage.queries.undelivered(ben, 0, 10);
    assert.deepEqual(
      events.map((event) => event.type === 'message' && replyIn(event.payload)),
      [null, expected],
    );
  });

  test('[M2] also when that message is gone for the reader', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, asked, conversationId } = await conversing(stage);
    await stage.hide(ann, conversationId);
    const before = stage.clock.now() + 1;
    await stage.say(ben, ann, 'about that', undefined, asked);
    const replies = async (viewer: string): Promise<unknown> =>
      (await stage.queries.messages(viewer, conversationId, { limit: 1 }))?.messages.map(replyIn);
    assert.deepEqual(await replies(ann), [{ message_id: asked, seq: 1 }]);
    await removeBefore(stage, before);
    assert.deepEqual(await replies(ben), [{ message_id: asked, seq: 1 }]);
  });
};

const whatIsRepeated = (factory: StoreFactory): void => {
  test('[M3] a repeat names the same message, or is a conflict', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, asked, answered, conversationId } = await conversing(stage);
    const [id, plain] = [stage.ids.next(), stage.ids.next()];
    const { replyTo, ...first } = await stage.say(ann, ben, 'yes', id, asked);
    assert.deepEqual(replyTo, { id: asked, seq: 1 });
    await stage.say(ann, ben, 'plain', plain);
    const taken = { kind: 'conflict', reason: 'id-taken' };
    const check = async (when: string): Promise<void> => {
      const again = await stage.append(ann, ben, 'yes', id, asked);
      assert.deepEqual(again, { ...first, duplicate: true }, when);
      assert.deepEqual(stage.told, [], when);
      assert.deepEqual(await stage.append(ann, ben, 'yes', id), taken, when);
      assert.deepEqual(await stage.append(ann, ben, 'yes', id, answered), taken, when);
      assert.deepEqual(await stage.append(ann, ben, 'yes', id, stage.ids.next()), taken, when);
      assert.deepEqual(await stage.append(ann, ben, 'plain', plain, asked), taken, when);
      assert.equal((await stage.append(ann, ben, 'plain', plain)).kind, 'appended', when);
    };
    await check('at once');
    await stage.hide(ann, conversationId);
    await check('after the sender has deleted the conversation');
    stage.clock.advance(1);
    await removeBefore(stage, stage.clock.now());
    await check('after retention has removed both');
    await stage.remove(ben);
    assert.deepEqual(await stage.append(ann, ben, 'yes', id, asked), { ...first, duplicate: true });
  });
};
