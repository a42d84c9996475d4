import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { contentFault } from '../../../server/protocol/fields.ts';
import { pairOf, Stage } from '../stage.ts';
import type { StoreFactory } from '../stage.ts';
import { inOrder } from '../../support/in-order.ts';

/** Delivery, what the store owes to it:
 *  D1 What an answer says is committed: it survives a stop without a word, and every reader sees it.
 *  D2 Each conversation's `seq` counts from 1 without a gap, however sends of both people interleave.
 *  D3 Each person's cursor counts from 1 without a gap over messages, receipts, conversations and deletions.
 *  D4 A repeated id with the same sender, pair and content gets the first answer and changes nothing.
 *  D5 An id that stands for another message is refused, in whatever conversation, and nothing is stored.
 *  D6 A first message makes the conversation; its maker's log holds `conversation created` before the message.
 *  D7 A message to an unknown person or to oneself is not-found; to a deleted one a conflict. Nothing that a deleted person asks for
 *     any more is carried out.
 *  D8 Marks never go back; a mark that does not move makes no event; `read` moves `delivered`.
 *  D9 `delivered` is told to the sender of the messages only, `read` to the sender and to the reader.
 *  D10 In a log a receipt replaces the one that it covers. Replay leaves out these, and the messages that the person has cleared.
 *  D12 Pages of a log, of any size, put together give what replay gives; their cursors pass over what it leaves out.
 *  D13 History and log give back every text that may be sent, character by character. */
export const deliveryRules = (factory: StoreFactory): void => {
  describe('delivery', () => {
    test('[D1] what was answered is there after a restart', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
      const { conversationId, seq } = await stage.say(ann, ben, 'kept');
      assert.deepEqual(await stage.history(ben, conversationId), ['kept']);
      await stage.store.restart();
      assert.deepEqual(await stage.history(ben, conversationId), ['kept']);
      assert.equal((await stage.say(ben, ann, 'next')).seq, seq + 1);
    });

    test('[D2] [D3] [D12] seq and cursor count without a gap, in pages too', async (t) => {
      const stage = await Stage.open(t, factory);
      const people = await inOrder(['ann', 'ben', 'cleo'], (name) => stage.person(name));
      for (let i = 0; i < 240; i += 1) {
        const from = people[i % 3] ?? '';
        const sent = await stage.say(from, people[(i + 1 + (i % 2)) % 3] ?? '', `text ${String(i)}`);
        const reader = people[(i + 1 + (i % 2)) % 3] ?? '';
        if (i % 5 === 0)
          await stage.mark(reader, sent.conversationId, sent.seq, i % 10 === 0 ? 'read' : 'delivered');
      }
      for (const person of people) {
        const events = await stage.log(person);
        const cursors = events.map((event) => event.cursor);
        assert.deepEqual(
          cursors,
          [...new Set(cursors)].sort((a, b) => a - b),
        );
        assert.equal(cursors.at(-1), await stage.queries.headCursor(person));
        const messages = events.filter((event) => event.type === 'message');
        assert.equal(messages.length, 160);
        // Between any two, exactly the replaced receipts are missing: every number was given out once.
        for (const start of [0, 1, 31, 32, 33, 64, 100]) {
          assert.deepEqual(
            (await stage.log(person, start)).map((event) => event.cursor),
            cursors.filter((cursor) => cursor > start),
          );
        }
        for (const { id } of (await stage.queries.conversations(person, 10, null))?.conversations ?? []) {
          const page = (await stage.queries.messages(person, id, { limit: 200 }))?.messages ?? [];
          assert.deepEqual(
            page.map((message) => message.seq),
            page.map((_, at) => at + 1),
          );
        }
      }
    });

    test('[D4] a repeated id gets the first answer', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
      const id = stage.ids.next();
      const first = await stage.say(ann, ben, 'once', id);
      await stage.say(ben, ann, 'between');
      stage.clock.advance(365 * 86_400_000);
      const again = await stage.say(ann, ben, 'once', id);
      assert.deepEqual(again, { ...first, duplicate: true });
      assert.deepEqual(stage.told, []);
      assert.deepEqual(await stage.history(ann, first.conversationId), ['once', 'between']);
      await stage.remove(ben);
      assert.equal((await stage.say(ann, ben, 'once', id)).seq, first.seq);
    });

    test('[D5] an id that is taken is refused', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann, ben, cleo] = [
        await stage.person('ann'),
        await stage.person('ben'),
        await stage.person('cleo'),
      ];
      const id = stage.ids.next();
      const { conversationId } = await stage.say(ann, ben, 'mine', id);
      const taken = { kind: 'conflict', reason: 'id-taken' };
      assert.deepEqual(await stage.append(ann, ben, 'other text', id), taken);
      assert.deepEqual(await stage.append(ben, ann, 'mine', id), taken);
      assert.deepEqual(await stage.append(ann, cleo, 'mine', id), taken);
      assert.deepEqual(await stage.append(cleo, ben, 'mine', id), taken);
      assert.deepEqual(await stage.history(ann, conversationId), ['mine']);
      assert.equal(await stage.queries.headCursor(cleo), 0);
    });

    test('[D6] the first message makes the conversation', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
      const first = await stage.say(ann, ben, 'hello');
      assert.deepEqual(
        stage.told.map(({ userId, event }) => [userId, event.type]),
        [[ann, 'conversation']],
      );
      assert.deepEqual(
        (await stage.log(ann)).map((event) => [event.cursor, event.type]),
        [
          [1, 'conversation'],
          [2, 'message'],
        ],
      );
      assert.deepEqual(
        (await stage.log(ben)).map((event) => [event.cursor, event.type]),
        [[1, 'message']],
      );
      assert.deepEqual([first.senderCursor, first.recipientCursor], [2, 1]);
    });

    test('[D7] nobody, oneself, a deleted person', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
      assert.equal((await stage.append(ann, stage.ids.next(), 'x')).kind, 'not-found');
      assert.equal((await stage.append(ann, ann, 'x')).kind, 'not-found');
      await stage.remove(ben);
      assert.deepEqual(await stage.append(ann, ben, 'x'), { kind: 'conflict', reason: 'recipient-deleted' });
      assert.deepEqual(await stage.append(ben, ann, 'x'), { kind: 'conflict', reason: 'recipient-deleted' });
      assert.equal(await stage.queries.headCursor(ann), 0);
    });

    test('[D8] [D9] marks', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann, ben, cleo] = [
        await stage.person('ann'),
        await stage.person('ben'),
        await stage.person('cleo'),
      ];
      const { conversationId } = await stage.say(ann, ben, 'one');
      await stage.say(ann, ben, 'two');
      await stage.say(ben, ann, 'three');
      const two = (await stage.say(ann, ben, 'four')).seq;
      assert.deepEqual(
        (await stage.mark(ben, conversationId, 2, 'delivered')).map(({ userId }) => userId),
        [ann],
      );
      assert.deepEqual(await stage.mark(ben, conversationId, 1, 'delivered'), []);
      // 3 is one's own message: the mark reaches the newest of the other's at or below.
      assert.deepEqual(await stage.mark(ben, conversationId, 3, 'delivered'), []);
      const read = await stage.mark(ben, conversationId, two, 'read');
      assert.deepEqual(
        read.map(({ userId, event }) => [userId, event.type === 'ack' && event.payload.status]),
        [
          [ann, 'read'],
          [ben, 'read'],
        ],
      );
      assert.deepEqual(await stage.mark(ben, conversationId, two, 'delivered'), []);
      assert.deepEqual(await stage.mark(ben, conversationId, two, 'read'), []);
      const seen = await stage.queries.conversation(ann, conversationId);
      assert.deepEqual(
        [seen?.delivered_seq, seen?.read_seq],
        [
          { me: 0, peer: 4 },
          { me: 0, peer: 4 },
        ],
      );
      const beyond = { conversationId, pair: pairOf(ann, ben), seq: 5, status: 'read' } as const;
      assert.equal((await stage.do('advancePosition', { ...beyond, userId: ben })).kind, 'not-found');
      assert.equal(
        (await stage.do('advancePosition', { ...beyond, seq: 1, userId: cleo })).kind,
        'not-found',
      );
      const statuses = (await stage.queries.messages(ann, conversationId, { limit: 10 }))?.messages;
      assert.deepEqual(
        statuses?.map((message) => message.status),
        ['read', 'read', undefined, 'read'],
      );
    });

    test('[D8] each mark answers with the positions that are stored, whether it moved them or not', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
      const pair = pairOf(ann, ben);
      const { conversationId } = await stage.say(ann, ben, 'one');
      await stage.say(ann, ben, 'two');
      await stage.say(ben, ann, 'three');
      const mark = (seq: number, status: 'delivered' | 'read') =>
        stage.do('advancePosition', { conversationId, pair, userId: ben, seq, status });
      assert.deepEqual(await mark(1, 'delivered'), { kind: 'advanced', delivered: 1, read: 0 });
      assert.deepEqual(await mark(2, 'read'), { kind: 'advanced', delivered: 2, read: 2 });
      assert.deepEqual(await mark(1, 'read'), { kind: 'advanced', delivered: 2, read: 2 });
      assert.deepEqual(await mark(3, 'delivered'), { kind: 'advanced', delivered: 2, read: 2 }, 'one’s own');
      await stage.store.restart();
      assert.deepEqual(await mark(1, 'delivered'), { kind: 'advanced', delivered: 2, read: 2 });
    });

    test('[D10] a receipt replaces the one that it covers', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
      let conversationId = '';
      for (let i = 1; i <= 50; i += 1) {
        conversationId = (await stage.say(ann, ben, `text ${String(i)}`)).conversationId;
        await stage.mark(ben, conversationId, i, 'delivered');
        await stage.mark(ben, conversationId, i, 'read');
      }
      const receipts = async (person: string) =>
        (await stage.log(person)).filter((event) => event.type === 'ack');
      assert.deepEqual(
        (await receipts(ann)).map(({ payload }) => [payload.seq, payload.status]),
        [[50, 'read']],
      );
      assert.equal((await receipts(ben)).length, 1);
      assert.equal((await stage.log(ann)).filter((event) => event.type === 'message').length, 50);
      assert.equal(await stage.queries.headCursor(ann), 1 + 50 * 3);
    });

    test('[D7] a receipt and a deletion that come after their user was deleted change nothing', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann = '', ben = ''] = await stage.people('ann', 'ben');
      const { conversationId, seq } = await stage.say(ann, ben, 'hello');
      const pair = pairOf(ann, ben);
      await stage.remove(ben);
      await stage.store.settle();
      const before = [await stage.log(ann), await stage.queries.headCursor(ben)];
      const receipt = { conversationId, pair, userId: ben, seq, status: 'read' } as const;
      assert.deepEqual(await stage.do('advancePosition', receipt), { kind: 'not-found' });
      const hide = { conversationId, pair, userId: ben };
      assert.deepEqual(await stage.do('hideConversation', hide), { kind: 'not-found' });
      assert.deepEqual([await stage.log(ann), await stage.queries.headCursor(ben)], before);
    });

    test('[D8] a receipt in one batch with the messages it is about, however many there are', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann = '', ben = ''] = await stage.people('ann', 'ben');
      const { conversationId } = await stage.say(ann, ben, 'first');
      const pair = pairOf(ann, ben);
      const messages = Array.from({ length: 12 }, (_, n) => ({
        type: 'appendMessage' as const,
        input: {
          messageId: stage.ids.next(),
          pair,
          senderId: ann,
          newConversationId: stage.ids.next(),
          content: String(n),
        },
      }));
      const receipt = (seq: number) => ({
        type: 'advancePosition' as const,
        input: { conversationId, pair, userId: ben, seq, status: 'read' as const },
      });
      const outcomes = await stage.store.commit([...messages, receipt(5), receipt(9)]);
      const read = outcomes.slice(-2).map((outcome) => outcome.ok && outcome.result);
      assert.deepEqual(read, [
        { kind: 'advanced', delivered: 5, read: 5 },
        { kind: 'advanced', delivered: 9, read: 9 },
      ]);
      const shown = await stage.queries.conversation(ben, conversationId);
      assert.equal(shown?.unread_count, 4);
    });

    test('[D10] [D12] a conversation that one has deleted is not told again, in pages of any size', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann, ben, cleo] = [
        await stage.person('ann'),
        await stage.person('ben'),
        await stage.person('cleo'),
      ];
      await stage.say(cleo, ben, 'kept before');
      let conversationId = '';
      for (let i = 1; i <= 100; i += 1)
        ({ conversationId } = await stage.say(
          i % 2 === 0 ? ann : ben,
          i % 2 === 0 ? ben : ann,
          `old ${String(i)}`,
        ));
      await stage.mark(ben, conversationId, 40, 'read');
      await stage.hide(ben, conversationId);
      await stage.say(cleo, ben, 'kept after');
      await stage.say(ann, ben, 'new');
      const head = await stage.queries.headCursor(ben);
      const told = async (viewer: string, limit: number, from = 0): Promise<string[]> => {
        const words: string[] = [];
        for (let at = from, more = true; more;) {
          const page = await stage.queries.eventsAfter(viewer, at, limit);
          for (const event of page.events) {
            assert.ok(event.cursor > at && event.cursor <= page.cursor);
            words.push(event.type === 'message' ? event.payload.content : event.type);
          }
          assert.ok(page.cursor > at || !page.more, 'a page leads on');
          if (viewer === ben) assert.equal(page.more, page.cursor < head);
          at = page.cursor;
          more = page.more;
        }
        return words;
      };
      const expected = ['kept before', 'conversation', 'ack', 'conversation', 'kept after', 'new'];
      for (const limit of [1, 3, 7, 32, 500]) {
        assert.deepEqual(await told(ben, limit), expected, `pages of ${String(limit)}`);
        assert.equal((await told(ann, limit)).filter((word) => word.startsWith('old')).length, 100);
      }
      assert.deepEqual(await told(ben, 7, 50), expected.slice(2));
      assert.equal((await stage.queries.eventsAfter(ben, 0, 500)).cursor, head);
      // Cleared to the very end: the log still says where it stands.
      await stage.hide(ben, conversationId);
      const [last] = stage.told;
      assert.deepEqual((await told(ben, 500)).slice(-2), ['kept after', 'conversation']);
      assert.equal((await stage.queries.eventsAfter(ben, head, 500)).cursor, last?.event.cursor);
    });

    test('[D13] whatever a text holds comes back', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
      const everyUnit = Array.from({ length: 64 }, (_, block) =>
        String.fromCharCode(...Array.from({ length: 1_024 }, (_unit, at) => block * 1_024 + at)),
      );
      const drawn = fc.sample(fc.string({ unit: 'binary', maxLength: 40 }), { numRuns: 120, seed: 13 });
      const said = [...everyUnit.map((text) => text.replace('\0', '').toWellFormed()), ...drawn].filter(
        (text) => contentFault(text) === null,
      );
      assert.ok(said.length > 150);
      const [first] = await inOrder(said, (text) => stage.say(ann, ben, text));
      assert.deepEqual(await stage.history(ben, first?.conversationId ?? ''), said);
      const logged = (await stage.log(ben)).filter((event) => event.type === 'message');
      assert.deepEqual(
        logged.map(({ payload }) => payload.content),
        said,
      );
    });
  });
};
