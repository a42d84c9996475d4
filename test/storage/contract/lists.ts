import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Stage } from '../stage.ts';
import type { StoreFactory } from '../stage.ts';

/** Conversations and history:
 *  C1 There is one conversation of two people, whoever opens it and however often.
 *  C2 Nobody else can tell a conversation from one that does not exist.
 *  C3 The other's list shows a conversation from its first message on.
 *  C4 Deleting hides and empties for the one who deletes only; the next message brings it back without the old ones.
 *  C5 A list is in the order of the last activity, newest first; its pages put together give it once and whole.
 *  C6 A page of history holds exactly the messages asked for, ascending; `has_more` looks in the page's direction.
 *  C7 Unread is the number of the other's messages that are neither read nor cleared. */
export const listRules = (factory: StoreFactory): void => {
  describe('conversations', () => {
    test('[C1] [C3] opening', (t) => {
      const stage = new Stage(t, factory);
      const [ann, ben] = [stage.person('ann'), stage.person('ben')];
      const open = (userId: string, peerId: string) =>
        stage.do('openConversation', { userId, peerId, newConversationId: stage.ids.next() });
      const made = open(ann, ben);
      assert.equal(made.kind, 'created');
      assert.equal(stage.told[0]?.userId, ann);
      assert.equal(open(ann, ben).kind, 'existed');
      const list = (viewer: string) => stage.queries.conversations(viewer, 10, null)?.conversations ?? [];
      assert.deepEqual([list(ann).length, list(ben).length], [1, 0]);
      const { conversationId } = stage.say(ann, ben, 'hello');
      assert.equal('conversationId' in made && made.conversationId, conversationId);
      assert.deepEqual([list(ann).length, list(ben).length], [1, 1]);
      assert.equal(open(ann, ann).kind, 'not-found');
      assert.equal(open(ann, stage.ids.next()).kind, 'not-found');
      stage.do('deleteUser', { userId: ben });
      assert.equal(open(ann, ben).kind, 'peer-deleted');
    });

    test('[C2] to a third person it does not exist', (t) => {
      const stage = new Stage(t, factory);
      const [ann, ben, cleo] = [stage.person('ann'), stage.person('ben'), stage.person('cleo')];
      const { conversationId } = stage.say(ann, ben, 'secret plan');
      assert.equal(stage.queries.conversation(cleo, conversationId), null);
      assert.equal(stage.queries.messages(cleo, conversationId, { limit: 10 }), null);
      assert.equal(stage.do('hideConversation', { userId: cleo, conversationId }).kind, 'not-found');
      assert.deepEqual(stage.queries.search(cleo, 'secret', { limit: 10 }).messages, []);
      assert.deepEqual(stage.queries.partners(cleo), []);
      const ghost = stage.ids.next();
      assert.equal(stage.queries.conversation(cleo, ghost), null);
    });

    test('[C4] [C7] deleting for oneself', (t) => {
      const stage = new Stage(t, factory);
      const [ann, ben] = [stage.person('ann'), stage.person('ben')];
      const { conversationId } = stage.say(ann, ben, 'old one');
      stage.say(ann, ben, 'old two');
      const unread = (): number | undefined => stage.queries.conversation(ben, conversationId)?.unread_count;
      assert.equal(unread(), 2);
      stage.mark(ben, conversationId, 1, 'read');
      assert.equal(unread(), 1);
      const hide = () => stage.do('hideConversation', { userId: ben, conversationId });
      assert.deepEqual(hide(), { kind: 'hidden' });
      assert.deepEqual(
        stage.told.map(({ userId, event }) => [userId, event.type]),
        [[ben, 'conversation']],
      );
      assert.deepEqual(hide(), { kind: 'hidden' });
      assert.deepEqual(stage.told, []);
      assert.deepEqual(stage.queries.conversations(ben, 10, null)?.conversations, []);
      assert.equal(stage.queries.conversation(ben, conversationId)?.last_message, null);
      assert.equal(unread(), 0);
      assert.deepEqual(stage.found(ben, 'old'), []);
      assert.deepEqual(stage.found(ann, 'old'), ['old two', 'old one']);
      assert.deepEqual(stage.queries.undelivered(ben, 0, 10).events, []);
      stage.say(ann, ben, 'new');
      assert.deepEqual(stage.history(ben, conversationId), ['new']);
      assert.deepEqual(stage.history(ann, conversationId), ['old one', 'old two', 'new']);
      assert.equal(unread(), 1);
    });

    test('[C5] the list, in pages', (t) => {
      const stage = new Stage(t, factory);
      const ann = stage.person('ann');
      const others = Array.from({ length: 23 }, (_, i) => stage.person(`other-${String(i)}`));
      const order: string[] = [];
      for (let i = 0; i < 60; i += 1) {
        const other = others[(i * 7) % 23] ?? '';
        stage.clock.advance(i % 3 === 0 ? 1_700_000 : 0);
        const { conversationId } = stage.say(i % 2 === 0 ? ann : other, i % 2 === 0 ? other : ann, 'hi');
        if (order.includes(conversationId)) order.splice(order.indexOf(conversationId), 1);
        order.unshift(conversationId);
      }
      for (const limit of [1, 4, 200]) {
        const seen: string[] = [];
        for (let before: string | null = null, on = true; on;) {
          const page = stage.queries.conversations(ann, limit, before);
          seen.push(...(page?.conversations.map(({ id }) => id) ?? []));
          before = page?.next ?? null;
          on = before !== null;
        }
        assert.deepEqual(seen, order);
      }
      assert.equal(stage.queries.conversations(ann, 10, 'nonsense'), null);
    });

    test('[C5] a clock that ran ahead for a while leaves nothing on top, and no place of a list on the wire', (t) => {
      const stage = new Stage(t, factory);
      const ann = stage.person('ann');
      const others = ['ben', 'cleo', 'dora', 'emil'].map((name) => stage.person(name));
      const say = (at: number) => stage.say(others[at] ?? '', ann, 'hi').conversationId;
      const listed = (viewer = ann, limit = 10): string[] => {
        const seen: string[] = [];
        for (let before: string | null = null, on = true; on;) {
          const page = stage.queries.conversations(viewer, limit, before);
          seen.push(...(page?.conversations.map(({ id }) => id) ?? []));
          before = page?.next ?? null;
          on = before !== null;
        }
        return seen;
      };
      const ben = say(0);
      const YEAR_MS = 365 * 86_400_000;
      stage.clock.advance(YEAR_MS);
      const cleo = say(1);
      stage.clock.setBack(YEAR_MS);
      assert.deepEqual(listed(), [cleo, ben]);
      const dora = say(2);
      assert.deepEqual(listed(), [dora, cleo, ben]);
      assert.equal(say(0), ben);
      assert.deepEqual(listed(), [ben, dora, cleo]);
      const { conversationId: emil } = stage.do('openConversation', {
        userId: ann,
        peerId: others[3] ?? '',
        newConversationId: stage.ids.next(),
      }) as { conversationId: string };
      assert.deepEqual(listed(ann, 1), [emil, ben, dora, cleo]);
      stage.store.restart();
      assert.deepEqual(listed(ann, 1), [emil, ben, dora, cleo]);
      assert.deepEqual(
        stage.queries
          .search(ann, 'o', { type: 'conversations', limit: 10 })
          .conversations.map(({ id }) => id),
        [dora, cleo],
      );
      // What a page says of the next one is of one's own log: what others do meanwhile shows nowhere in it. [P5]
      const next = (): unknown => stage.queries.conversations(ann, 1, null)?.next;
      const before = next();
      for (let i = 0; i < 5; i += 1) stage.say(others[0] ?? '', others[1] ?? '', 'between others');
      assert.equal(next(), before);
      const ofAnotherBuild = Buffer.from(`1767225600000.${ben}`).toString('base64url');
      assert.equal(stage.queries.conversations(ann, 10, ofAnotherBuild), null);
    });

    test('[C5] a page reads few entries, however many conversations there are', (t) => {
      const stage = new Stage(t, factory);
      const ann = stage.person('ann');
      const order: string[] = [];
      const others = Array.from({ length: 700 }, (_, i) => stage.person(`other-${String(i)}`));
      for (const other of others) order.unshift(stage.say(other, ann, 'hi').conversationId);
      // Two who write again and again: their entries move, the others' stay where they are.
      for (let i = 0; i < 600; i += 1) stage.say(others[i % 2] ?? '', ann, 'again');
      const [first = '', second = ''] = [order.at(-1), order.at(-2)];
      const expected = [second, first, ...order.slice(0, -2)];
      const seen: string[] = [];
      for (let before: string | null = null, on = true; on;) {
        const page = stage.queries.conversations(ann, 90, before);
        seen.push(...(page?.conversations.map(({ id }) => id) ?? []));
        before = page?.next ?? null;
        on = before !== null;
      }
      assert.deepEqual(seen, expected);
    });

    test('[C6] pages of history', (t) => {
      const stage = new Stage(t, factory);
      const [ann, ben] = [stage.person('ann'), stage.person('ben')];
      let id = '';
      for (let i = 1; i <= 100; i += 1) id = stage.say(ann, ben, String(i)).conversationId;
      const seqs = (page: { before?: number; after?: number; around?: number; limit: number }) => {
        const found = stage.queries.messages(ben, id, page);
        const list = found?.messages.map((message) => message.seq) ?? [];
        return [list[0], list.at(-1), list.length, found?.has_more];
      };
      assert.deepEqual(seqs({ limit: 50 }), [51, 100, 50, true]);
      assert.deepEqual(seqs({ limit: 100 }), [1, 100, 100, false]);
      assert.deepEqual(seqs({ before: 51, limit: 50 }), [1, 50, 50, false]);
      assert.deepEqual(seqs({ before: 1, limit: 50 }), [undefined, undefined, 0, false]);
      assert.deepEqual(seqs({ after: 0, limit: 10 }), [1, 10, 10, true]);
      assert.deepEqual(seqs({ after: 95, limit: 10 }), [96, 100, 5, false]);
      assert.deepEqual(seqs({ after: 100, limit: 10 }), [undefined, undefined, 0, false]);
      assert.deepEqual(seqs({ around: 50, limit: 10 }), [45, 54, 10, true]);
      assert.deepEqual(seqs({ around: 1, limit: 10 }), [1, 10, 10, true]);
      assert.deepEqual(seqs({ around: 100, limit: 10 }), [91, 100, 10, true]);
      assert.deepEqual(seqs({ around: 9_999, limit: 3 }), [98, 100, 3, true]);
    });
  });
};
