import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UNSENT_ATTACHMENT_KEPT_MS, UNSENT_ATTACHMENTS_MAX } from '../../../server/protocol/limits.ts';
import type { MessageResource } from '../../../server/protocol/resources/message.ts';
import { attachmentOf, countOf, messageWith, sendWith, tryWith, upload } from '../attaching.ts';
import { removeBefore } from '../removing.ts';
import { Stage, type StoreFactory } from '../stage.ts';

const BAD = { kind: 'bad-attachment' };
const TAKEN = { kind: 'conflict', reason: 'id-taken' };

/** What a message carries:
 *  G3 Attachments that its sender has uploaded and not sent, from the transaction that stores it.
 *  G4 Everywhere in their order.
 *  G5 Whoever sees the message may read them.
 *  G6 What is not sent is bounded, and goes after a day. */
export const attachmentRules = (factory: StoreFactory): void => {
  describe('attachments', () => {
    whatIsShown(factory);
    whatIsRefused(factory);
    whatIsRepeated(factory);
    whoMayRead(factory);
    whatIsNotSent(factory);
  });
};

const shownIn = (message: MessageResource | null | undefined) => message?.attachments;

const whatIsShown = (factory: StoreFactory): void => {
  test('[G3] [G4] a message shows its attachments in the order in which its sender gave them, everywhere', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann = '', ben = ''] = await stage.people('ann', 'ben');
    const [one, two, three] = [
      await upload(stage, ann, 'one.png'),
      await upload(stage, ann, 'zwei.png'),
      await upload(stage, ann, 'три 🎉.png'),
    ];
    await stage.say(ann, ben, 'plain');
    const { attachments, conversationId } = await sendWith(stage, ann, ben, [three, one], {
      content: 'a needle',
    });
    assert.deepEqual(attachments, [three, one]);
    await sendWith(stage, ann, ben, [two]);
    const expected = [[], [three, one], [two]];
    const check = async (): Promise<void> => {
      for (const viewer of [ann, ben]) {
        const page = await stage.queries.messages(viewer, conversationId, { limit: 10 });
        assert.deepEqual(page?.messages.map(shownIn), expected);
        const logged = (await stage.log(viewer)).flatMap((event) =>
          event.type === 'message' ? [shownIn(event.payload)] : [],
        );
        assert.deepEqual(logged, expected);
        const [listed] = (await stage.queries.conversations(viewer, 10, null))?.conversations ?? [];
        assert.deepEqual(shownIn(listed?.last_message), [two]);
        const shown = await stage.queries.conversation(viewer, conversationId);
        assert.deepEqual(shownIn(shown?.last_message), [two]);
        const hits = (await stage.queries.search(viewer, 'needle', { limit: 10 })).messages;
        assert.deepEqual(hits.map(shownIn), [[three, one]]);
      }
      const { events } = await stage.queries.undelivered(ben, 0, 10);
      assert.deepEqual(
        events.map((event) => event.type === 'message' && shownIn(event.payload)),
        expected,
      );
    };
    await check();
    // Both logs at once hold the message twice.
    const asked = [ann, ben].map((userId) => ({ userId, after: 0 }));
    for (const { events } of await stage.queries.logs(asked, 100))
      assert.deepEqual(
        events.flatMap((event) => (event.type === 'message' ? [shownIn(event.payload)] : [])),
        expected,
      );
    await stage.store.restart();
    await check();
    const { attachments: count, attachmentBytes } = await stage.queries.storeCounts();
    assert.deepEqual([count, attachmentBytes], [3, one.size + two.size + three.size]);
  });

  test('[G3] the first message of a conversation, and a message that is a reply, can have attachments', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann = '', ben = ''] = await stage.people('ann', 'ben');
    const first = stage.ids.next();
    const [hers, his] = [await upload(stage, ann, 'hers'), await upload(stage, ben, 'his')];
    const { conversationId, first: isFirst } = await sendWith(stage, ann, ben, [hers], { messageId: first });
    assert.equal(isFirst, true);
    const { type, input } = messageWith(stage, ben, ann, [his.id], { content: 'look' });
    const reply = await stage.do(type, { ...input, replyTo: first });
    assert.ok(reply.kind === 'appended');
    assert.deepEqual([reply.attachments, reply.replyTo], [[his], { id: first, seq: 1 }]);
    const page = await stage.queries.messages(ann, conversationId, { limit: 10 });
    assert.deepEqual(
      page?.messages.map(({ content, attachments, reply_to }) => [content, attachments, reply_to?.seq]),
      [
        ['', [hers], undefined],
        ['look', [his], 1],
      ],
    );
  });
};

const whatIsRefused = (factory: StoreFactory): void => {
  test('[G3] any other attachment is refused, and nothing of the message is stored', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann = '', ben = ''] = await stage.people('ann', 'ben');
    const [hers, his, sent] = [
      await upload(stage, ann, 'hers'),
      await upload(stage, ben, 'his'),
      await upload(stage, ann, 'sent'),
    ];
    const { conversationId } = await sendWith(stage, ann, ben, [sent]);
    const state = async (): Promise<unknown> => [
      await stage.queries.headCursor(ann),
      await stage.queries.headCursor(ben),
      await stage.queries.messages(ben, conversationId, { limit: 10 }),
    ];
    const before = await state();
    for (const wrong of [
      [stage.ids.next()],
      [his.id],
      [sent.id],
      [hers.id, hers.id],
      [hers.id, stage.ids.next()],
      [hers.id, sent.id],
      [his.id, hers.id],
    ]) {
      const messageId = stage.ids.next();
      assert.deepEqual(await tryWith(stage, ann, ben, wrong, { messageId }), BAD);
      assert.equal(await stage.queries.messageLocation(messageId), null);
    }
    assert.deepEqual(await state(), before);
    const cleo = await stage.person('cleo');
    assert.deepEqual(await tryWith(stage, ann, cleo, [his.id]), BAD);
    assert.equal((await stage.queries.conversations(ann, 10, null))?.conversations.length, 1);
    await sendWith(stage, ann, cleo, [hers]);
    await sendWith(stage, ben, ann, [his]);
  });

  test('[G3] of two messages in one commit that name the same attachment, the first has it', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann = '', ben = '', cleo = ''] = await stage.people('ann', 'ben', 'cleo');
    const [one, two] = [await upload(stage, ann, 'one'), await upload(stage, ann, 'two')];
    const outcomes = await stage.store.commit([
      messageWith(stage, ann, ben, [one.id]),
      messageWith(stage, ann, cleo, [two.id, one.id]),
      messageWith(stage, ann, cleo, [], { content: 'plain' }),
      messageWith(stage, ann, cleo, [two.id]),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.ok && 'kind' in outcome.result && outcome.result.kind),
      ['appended', 'bad-attachment', 'appended', 'appended'],
    );
    const last = outcomes.at(-1);
    assert.ok(last?.ok === true && 'kind' in last.result && last.result.kind === 'appended');
    assert.deepEqual([last.result.seq, last.result.attachments], [2, [two]]);
    assert.equal((await stage.queries.attachment(ben, one.id))?.name, 'one');
    assert.equal(await stage.queries.attachment(cleo, one.id), null);
  });
};

const whatIsRepeated = (factory: StoreFactory): void => {
  test('[D4] [G3] a repeat needs the same attachments in the same order', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann = '', ben = ''] = await stage.people('ann', 'ben');
    const [one, two, unsent] = [
      await upload(stage, ann, 'one'),
      await upload(stage, ann, 'two'),
      await upload(stage, ann, 'unsent'),
    ];
    const sent = { content: 'once', messageId: stage.ids.next() };
    const first = await sendWith(stage, ann, ben, [one, two], sent);
    const plain = { content: 'plain', messageId: stage.ids.next() };
    await stage.say(ann, ben, plain.content, plain.messageId);
    const check = async (): Promise<void> => {
      const again = await tryWith(stage, ann, ben, [one.id, two.id], sent);
      const { attachments: _told, first: _first, ...answer } = first;
      assert.deepEqual({ ...again, first: undefined }, { ...answer, first: undefined, duplicate: true });
      assert.deepEqual(stage.told, []);
      for (const ids of [[], [one.id], [two.id, one.id], [one.id, two.id, unsent.id], [unsent.id]])
        assert.deepEqual(await tryWith(stage, ann, ben, ids, sent), TAKEN);
      assert.deepEqual(await tryWith(stage, ann, ben, [unsent.id], plain), TAKEN);
      assert.equal((await tryWith(stage, ann, ben, [], plain)).kind, 'appended');
    };
    await check();
    await stage.store.restart();
    await check();
    for (const user of [ann, ben]) await stage.hide(user, first.conversationId);
    await stage.store.settle();
    assert.equal(await countOf(stage), 1, 'the attachments are gone');
    await check();
    stage.clock.advance(1);
    await removeBefore(stage, stage.clock.now());
    await check();
  });

  test('[D4] [G3] a repeat in the same commit, and one of a message without a text', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann = '', ben = ''] = await stage.people('ann', 'ben');
    const [one, two] = [await upload(stage, ann, 'one'), await upload(stage, ann, 'two')];
    const write = messageWith(stage, ann, ben, [one.id, two.id]);
    const outcomes = await stage.store.commit([
      write,
      write,
      { ...write, input: { ...write.input, attachments: [one.id] } },
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => {
        assert.ok(outcome.ok && 'kind' in outcome.result);
        const { result } = outcome;
        return result.kind === 'appended' ? [result.seq, result.duplicate, result.attachments] : result;
      }),
      [[1, false, [one, two]], [1, true, undefined], TAKEN],
    );
  });
};

const whoMayRead = (factory: StoreFactory): void => {
  test('[G5] its uploader reads it, and the recipient once it is sent, as long as each sees the message', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann = '', ben = '', cleo = ''] = await stage.people('ann', 'ben', 'cleo');
    const [file, later] = [await upload(stage, ann, 'file'), await upload(stage, ann, 'later')];
    const readBy = async (id: string): Promise<readonly boolean[]> => {
      const found = await Promise.all([ann, ben, cleo].map((viewer) => stage.queries.attachment(viewer, id)));
      return found.map((each) => each !== null);
    };
    assert.deepEqual(await stage.queries.attachment(ann, file.id), file);
    assert.deepEqual(await readBy(file.id), [true, false, false]);
    const { conversationId } = await sendWith(stage, ann, ben, [file]);
    assert.deepEqual(await stage.queries.attachment(ben, file.id), file);
    assert.deepEqual(await readBy(file.id), [true, true, false]);
    assert.deepEqual(await readBy(later.id), [true, false, false]);
    assert.deepEqual(await readBy(stage.ids.next()), [false, false, false]);
    await stage.hide(ann, conversationId);
    assert.deepEqual(await readBy(file.id), [false, true, false]);
    await sendWith(stage, ann, ben, [later]);
    assert.deepEqual(
      [await readBy(file.id), await readBy(later.id)],
      [
        [false, true, false],
        [true, true, false],
      ],
    );
    await stage.store.settle();
    assert.deepEqual(await readBy(file.id), [false, true, false]);
    await stage.hide(ben, conversationId);
    assert.deepEqual(
      [await readBy(file.id), await readBy(later.id)],
      [
        [false, false, false],
        [true, false, false],
      ],
    );
  });

  test('[G5] [C8] what retention has removed is read by nobody', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann = '', ben = ''] = await stage.people('ann', 'ben');
    const [file, kept] = [await upload(stage, ann, 'file'), await upload(stage, ben, 'kept')];
    await sendWith(stage, ann, ben, [file]);
    stage.clock.advance(1);
    const cut = stage.clock.now();
    await sendWith(stage, ben, ann, [kept]);
    await removeBefore(stage, cut);
    for (const viewer of [ann, ben]) {
      assert.equal(await stage.queries.attachment(viewer, file.id), null);
      assert.deepEqual(await stage.queries.attachment(viewer, kept.id), kept);
    }
    await stage.store.settle();
    assert.equal(await countOf(stage), 1);
  });
};

const whatIsNotSent = (factory: StoreFactory): void => {
  test('[G6] a user has so many that are not sent; a repeated id is no other one', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann = '', ben = ''] = await stage.people('ann', 'ben');
    const writes = Array.from({ length: UNSENT_ATTACHMENTS_MAX - 1 }, (_, n) => ({
      type: 'addAttachment' as const,
      input: { userId: ann, attachment: attachmentOf(stage.ids.next(), String(n)) },
    }));
    for (const outcome of await stage.store.commit(writes))
      assert.deepEqual(outcome.ok && outcome.result, { kind: 'added' });
    const last = await upload(stage, ann, 'last');
    const again = { userId: ann, attachment: last };
    assert.deepEqual(await stage.do('addAttachment', again), { kind: 'added' });
    const next = { userId: ann, attachment: attachmentOf(stage.ids.next(), 'next') };
    assert.deepEqual(await stage.do('addAttachment', next), { kind: 'too-many' });
    await upload(stage, ben, 'of another user');
    await sendWith(stage, ann, ben, [last]);
    assert.deepEqual(await stage.do('addAttachment', again), { kind: 'added' }, 'after it was sent');
    assert.deepEqual(await stage.do('addAttachment', next), { kind: 'added' });
    assert.equal(await countOf(stage), UNSENT_ATTACHMENTS_MAX + 2);
    const nobody = { ...next, userId: stage.ids.next() };
    assert.deepEqual(await stage.do('addAttachment', nobody), { kind: 'not-found' });
    await stage.remove(ben);
    assert.deepEqual(await stage.do('addAttachment', { ...next, userId: ben }), { kind: 'not-found' });
  });

  test('[G6] what is not sent goes a day after its upload, and what is sent stays', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann = '', ben = ''] = await stage.people('ann', 'ben');
    const [sent, old] = [await upload(stage, ann, 'sent'), await upload(stage, ann, 'old')];
    await sendWith(stage, ann, ben, [sent]);
    stage.clock.advance(UNSENT_ATTACHMENT_KEPT_MS - 2);
    const young = await upload(stage, ann, 'young');
    await stage.store.settle();
    assert.equal(await countOf(stage), 3);
    stage.clock.advance(1);
    await stage.store.settle();
    assert.equal(await countOf(stage), 2);
    assert.deepEqual(await tryWith(stage, ann, ben, [old.id]), BAD);
    assert.equal(await stage.queries.attachment(ann, old.id), null);
    await sendWith(stage, ann, ben, [young]);
    stage.clock.advance(10 * UNSENT_ATTACHMENT_KEPT_MS);
    await stage.store.settle();
    assert.equal(await countOf(stage), 2);
  });

  test('[G6] what was uploaded by a clock that was ahead goes a day after it was set back', async (t) => {
    const stage = await Stage.open(t, factory);
    const ann = await stage.person('ann');
    stage.clock.advance(100 * UNSENT_ATTACHMENT_KEPT_MS);
    await upload(stage, ann, 'ahead');
    stage.clock.setBack(100 * UNSENT_ATTACHMENT_KEPT_MS);
    await stage.store.settle();
    stage.clock.advance(UNSENT_ATTACHMENT_KEPT_MS - 1);
    await stage.store.settle();
    assert.equal(await countOf(stage), 1);
    stage.clock.advance(1);
    await stage.store.settle();
    assert.equal(await countOf(stage), 0);
  });
};
