import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { contentFault } from '../../../server/protocol/fields.ts';
import { Stage } from '../stage.ts';
import type { StoreFactory } from '../stage.ts';

/** Delivery, what the store owes to it:
 *  D1 What an answer says is committed: it survives a stop without a word, and every reader sees it.
 *  D2 Each conversation's `seq` counts from 1 without a gap, however sends of both people interleave.
 *  D3 Each person's cursor counts from 1 without a gap over messages, receipts, conversations and deletions.
 *  D4 A repeated id with the same sender, pair and content gets the first answer and changes nothing.
 *  D5 An id that stands for another message is refused, in whatever conversation, and nothing is stored.
 *  D6 A first message makes the conversation; its maker's log holds `conversation created` before the message.
 *  D7 A message to an unknown person or to oneself is not-found; to a deleted one a conflict.
 *  D8 Marks never go back; a mark that does not move makes no event; `read` moves `delivered`.
 *  D9 `delivered` is told to the sender of the messages only, `read` to the sender and to the reader.
 *  D10 In a log a receipt replaces the one that it covers. Replay leaves out these, and the messages that the person has cleared.
 *  D12 Pages of a log, of any size, put together give what replay gives; their cursors pass over what it leaves out.
 *  D13 History and log give back every text that may be sent, character by character. */
export const deliveryRules = (factory: StoreFactory): void => {
  describe('delivery', () => {
    test('[D1] what was answered is there after a restart', (t) => {
      const stage = new Stage(t, factory);
      const [ann, ben] = [stage.person('ann'), stage.person('ben')];
      const { conversationId, seq } = stage.say(ann, ben, 'kept');
      assert.deepEqual(stage.history(ben, conversationId), ['kept']);
      stage.store.restart();
      assert.deepEqual(stage.history(ben, conversationId), ['kept']);
      assert.equal(stage.say(ben, ann, 'next').seq, seq + 1);
    });

    test('[D2] [D3] [D12] seq and cursor count without a gap, in pages too', (t) => {
      const stage = new Stage(t, factory);
      const people = ['ann', 'ben', 'cleo'].map((name) => stage.person(name));
      for (let i = 0; i < 240; i += 1) {
        const from = people[i % 3] ?? '';
        const sent = stage.say(from, people[(i + 1 + (i % 2)) % 3] ?? '', `text ${String(i)}`);
        const reader = people[(i + 1 + (i % 2)) % 3] ?? '';
        if (i % 5 === 0)
          stage.mark(reader, sent.conversationId, sent.seq, i % 10 === 0 ? 'read' : 'delivered');
      }
      for (const person of people) {
        const events = stage.log(person);
        const cursors = events.map((event) => event.cursor);
        assert.deepEqual(
          cursors,
          [...new Set(cursors)].sort((a, b) => a - b),
        );
        assert.equal(cursors.at(-1), stage.queries.headCursor(person));
        const messages = events.filter((event) => event.type === 'message');
        assert.equal(messages.length, 160);
        // Between any two, exactly the replaced receipts are missing: every number was given out once.
        for (const start of [0, 1, 31, 32, 33, 64, 100]) {
          assert.deepEqual(
            stage.log(person, start).map((event) => event.cursor),
            cursors.filter((cursor) => cursor > start),
          );
        }
        for (const { id } of stage.queries.conversations(person, 10, null)?.conversations ?? []) {
          const page = stage.queries.messages(person, id, { limit: 200 })?.messages ?? [];
          assert.deepEqual(
            page.map((message) => message.seq),
            page.map((_, at) => at + 1),
          );
        }
      }
    });

    test('[D4] a repeated id gets the first answer', (t) => {
      const stage = new Stage(t, factory);
      const [ann, ben] = [stage.person('ann'), stage.person('ben')];
      const id = stage.ids.next();
      const first = stage.say(ann, ben, 'once', id);
      stage.say(ben, ann, 'between');
      stage.clock.advance(365 * 86_400_000);
      const again = stage.say(ann, ben, 'once', id);
      assert.deepEqual(again, { ...first, duplicate: true });
      assert.deepEqual(stage.told, []);
      assert.deepEqual(stage.history(ann, first.conversationId), ['once', 'between']);
      stage.do('deleteUser', { userId: ben });
      assert.equal(stage.say(ann, ben, 'once', id).seq, first.seq);
    });

    test('[D5] an id that is taken is refused', (t) => {
      const stage = new Stage(t, factory);
      const [ann, ben, cleo] = [stage.person('ann'), stage.person('ben'), stage.person('cleo')];
      const id = stage.ids.next();
      const { conversationId } = stage.say(ann, ben, 'mine', id);
      const taken = { kind: 'conflict', reason: 'id-taken' };
      assert.deepEqual(stage.append(ann, ben, 'other text', id), taken);
      assert.deepEqual(stage.append(ben, ann, 'mine', id), taken);
      assert.deepEqual(stage.append(ann, cleo, 'mine', id), taken);
      assert.deepEqual(stage.append(cleo, ben, 'mine', id), taken);
      assert.deepEqual(stage.history(ann, conversationId), ['mine']);
      assert.equal(stage.queries.headCursor(cleo), 0);
    });

    test('[D6] the first message makes the conversation', (t) => {
      const stage = new Stage(t, factory);
      const [ann, ben] = [stage.person('ann'), stage.person('ben')];
      const first = stage.say(ann, ben, 'hello');
      assert.deepEqual(
        stage.told.map(({ userId, event }) => [userId, event.type]),
        [[ann, 'conversation']],
      );
      assert.deepEqual(
        stage.log(ann).map((event) => [event.cursor, event.type]),
        [
          [1, 'conversation'],
          [2, 'message'],
        ],
      );
      assert.deepEqual(
        stage.log(ben).map((event) => [event.cursor, event.type]),
        [[1, 'message']],
      );
      assert.deepEqual([first.senderCursor, first.recipientCursor], [2, 1]);
    });

    test('[D7] nobody, oneself, a deleted person', (t) => {
      const stage = new Stage(t, factory);
      const [ann, ben] = [stage.person('ann'), stage.person('ben')];
      assert.equal(stage.append(ann, stage.ids.next(), 'x').kind, 'not-found');
      assert.equal(stage.append(ann, ann, 'x').kind, 'not-found');
      stage.do('deleteUser', { userId: ben });
      assert.deepEqual(stage.append(ann, ben, 'x'), { kind: 'conflict', reason: 'recipient-deleted' });
      assert.deepEqual(stage.append(ben, ann, 'x'), { kind: 'conflict', reason: 'recipient-deleted' });
      assert.equal(stage.queries.headCursor(ann), 0);
    });

    test('[D8] [D9] marks', (t) => {
      const stage = new Stage(t, factory);
      const [ann, ben, cleo] = [stage.person('ann'), stage.person('ben'), stage.person('cleo')];
      const { conversationId } = stage.say(ann, ben, 'one');
      stage.say(ann, ben, 'two');
      stage.say(ben, ann, 'three');
      const two = stage.say(ann, ben, 'four').seq;
      assert.deepEqual(
        stage.mark(ben, conversationId, 2, 'delivered').map(({ userId }) => userId),
        [ann],
      );
      assert.deepEqual(stage.mark(ben, conversationId, 1, 'delivered'), []);
      // 3 is one's own message: the mark reaches the newest of the other's at or below.
      assert.deepEqual(stage.mark(ben, conversationId, 3, 'delivered'), []);
      const read = stage.mark(ben, conversationId, two, 'read');
      assert.deepEqual(
        read.map(({ userId, event }) => [userId, event.type === 'ack' && event.payload.status]),
        [
          [ann, 'read'],
          [ben, 'read'],
        ],
      );
      assert.deepEqual(stage.mark(ben, conversationId, two, 'delivered'), []);
      assert.deepEqual(stage.mark(ben, conversationId, two, 'read'), []);
      const seen = stage.queries.conversation(ann, conversationId);
      assert.deepEqual(
        [seen?.delivered_seq, seen?.read_seq],
        [
          { me: 0, peer: 4 },
          { me: 0, peer: 4 },
        ],
      );
      const beyond = { conversationId, seq: 5, status: 'read' } as const;
      assert.equal(stage.do('advanceMark', { ...beyond, userId: ben }).kind, 'not-found');
      assert.equal(stage.do('advanceMark', { ...beyond, seq: 1, userId: cleo }).kind, 'not-found');
      const statuses = stage.queries.messages(ann, conversationId, { limit: 10 })?.messages;
      assert.deepEqual(
        statuses?.map((message) => message.status),
        ['read', 'read', undefined, 'read'],
      );
    });

    test('[D10] a receipt replaces the one that it covers', (t) => {
      const stage = new Stage(t, factory);
      const [ann, ben] = [stage.person('ann'), stage.person('ben')];
      let conversationId = '';
      for (let i = 1; i <= 50; i += 1) {
        conversationId = stage.say(ann, ben, `text ${String(i)}`).conversationId;
        stage.mark(ben, conversationId, i, 'delivered');
        stage.mark(ben, conversationId, i, 'read');
      }
      const receipts = (person: string) => stage.log(person).filter((event) => event.type === 'ack');
      assert.deepEqual(
        receipts(ann).map(({ payload }) => [payload.seq, payload.status]),
        [[50, 'read']],
      );
      assert.equal(receipts(ben).length, 1);
      assert.equal(stage.log(ann).filter((event) => event.type === 'message').length, 50);
      assert.equal(stage.queries.headCursor(ann), 1 + 50 * 3);
    });

    test('[D10] [D12] a conversation that one has deleted is not told again, in pages of any size', (t) => {
      const stage = new Stage(t, factory);
      const [ann, ben, cleo] = [stage.person('ann'), stage.person('ben'), stage.person('cleo')];
      stage.say(cleo, ben, 'kept before');
      let conversationId = '';
      for (let i = 1; i <= 100; i += 1)
        ({ conversationId } = stage.say(
          i % 2 === 0 ? ann : ben,
          i % 2 === 0 ? ben : ann,
          `old ${String(i)}`,
        ));
      stage.mark(ben, conversationId, 40, 'read');
      stage.do('hideConversation', { userId: ben, conversationId });
      stage.say(cleo, ben, 'kept after');
      stage.say(ann, ben, 'new');
      const head = stage.queries.headCursor(ben);
      const told = (viewer: string, limit: number, from = 0): string[] => {
        const words: string[] = [];
        for (let at = from, more = true; more;) {
          const page = stage.queries.eventsAfter(viewer, at, limit);
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
        assert.deepEqual(told(ben, limit), expected, `pages of ${String(limit)}`);
        assert.equal(told(ann, limit).filter((word) => word.startsWith('old')).length, 100);
      }
      assert.deepEqual(told(ben, 7, 50), expected.slice(2));
      assert.equal(stage.queries.eventsAfter(ben, 0, 500).cursor, head);
      // Cleared to the very end: the log still says where it stands.
      stage.do('hideConversation', { userId: ben, conversationId });
      const [last] = stage.told;
      assert.deepEqual(told(ben, 500).slice(-2), ['kept after', 'conversation']);
      assert.equal(stage.queries.eventsAfter(ben, head, 500).cursor, last?.event.cursor);
    });

    test('[D13] whatever a text holds comes back', (t) => {
      const stage = new Stage(t, factory);
      const [ann, ben] = [stage.person('ann'), stage.person('ben')];
      const everyUnit = Array.from({ length: 64 }, (_, block) =>
        String.fromCharCode(...Array.from({ length: 1_024 }, (_unit, at) => block * 1_024 + at)),
      );
      const drawn = fc.sample(fc.string({ unit: 'binary', maxLength: 40 }), { numRuns: 120, seed: 13 });
      const said = [...everyUnit.map((text) => text.replace('\0', '').toWellFormed()), ...drawn].filter(
        (text) => contentFault(text) === null,
      );
      assert.ok(said.length > 150);
      const [first] = said.map((text) => stage.say(ann, ben, text));
      assert.deepEqual(stage.history(ben, first?.conversationId ?? ''), said);
      const logged = stage.log(ben).filter((event) => event.type === 'message');
      assert.deepEqual(
        logged.map(({ payload }) => payload.content),
        said,
      );
    });
  });
};
