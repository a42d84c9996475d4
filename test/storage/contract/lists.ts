import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { scaled } from '../../support/scale.ts';
import { Stage } from '../stage.ts';
import type { StoreFactory } from '../stage.ts';
import { inOrder } from '../../support/in-order.ts';

/** More than three pages of conversations. */
const PEERS = scaled({ sample: 300, extended: 700 });

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
    test('[C1] [C3] opening', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
      const open = (userId: string, peerId: string) =>
        stage.do('openConversation', { userId, peerId, newConversationId: stage.ids.next() });
      const made = await open(ann, ben);
      assert.equal(made.kind, 'created');
      assert.equal(stage.told[0]?.userId, ann);
      assert.equal((await open(ann, ben)).kind, 'existed');
      const list = async (viewer: string) =>
        (await stage.queries.conversations(viewer, 10, null))?.conversations ?? [];
      assert.deepEqual([(await list(ann)).length, (await list(ben)).length], [1, 0]);
      const { conversationId } = await stage.say(ann, ben, 'hello');
      assert.equal('conversationId' in made && made.conversationId, conversationId);
      assert.deepEqual([(await list(ann)).length, (await list(ben)).length], [1, 1]);
      assert.equal((await open(ann, ann)).kind, 'not-found');
      assert.equal((await open(ann, stage.ids.next())).kind, 'not-found');
      await stage.remove(ben);
      assert.equal((await open(ann, ben)).kind, 'peer-deleted');
    });

    test('[C2] to a third person it does not exist', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann, ben, cleo] = [
        await stage.person('ann'),
        await stage.person('ben'),
        await stage.person('cleo'),
      ];
      const { conversationId } = await stage.say(ann, ben, 'secret plan');
      assert.equal(await stage.queries.conversation(cleo, conversationId), null);
      assert.equal(await stage.queries.messages(cleo, conversationId, { limit: 10 }), null);
      assert.equal((await stage.hide(cleo, conversationId)).kind, 'not-found');
      assert.deepEqual((await stage.queries.search(cleo, 'secret', { limit: 10 })).messages, []);
      assert.deepEqual(await stage.queries.partners(cleo), []);
      const ghost = stage.ids.next();
      assert.equal(await stage.queries.conversation(cleo, ghost), null);
    });

    test('[C4] [C7] deleting for oneself', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
      const { conversationId } = await stage.say(ann, ben, 'old one');
      await stage.say(ann, ben, 'old two');
      const unread = async (): Promise<number | undefined> =>
        (await stage.queries.conversation(ben, conversationId))?.unread_count;
      assert.equal(await unread(), 2);
      await stage.mark(ben, conversationId, 1, 'read');
      assert.equal(await unread(), 1);
      const hide = () => stage.hide(ben, conversationId);
      assert.deepEqual(await hide(), { kind: 'hidden' });
      assert.deepEqual(
        stage.told.map(({ userId, event }) => [userId, event.type]),
        [[ben, 'conversation']],
      );
      assert.deepEqual(await hide(), { kind: 'hidden' });
      assert.deepEqual(stage.told, []);
      assert.deepEqual((await stage.queries.conversations(ben, 10, null))?.conversations, []);
      assert.equal((await stage.queries.conversation(ben, conversationId))?.last_message, null);
      assert.equal(await unread(), 0);
      assert.deepEqual(await stage.found(ben, 'old'), []);
      assert.deepEqual(await stage.found(ann, 'old'), ['old two', 'old one']);
      assert.deepEqual((await stage.queries.undelivered(ben, 0, 10)).events, []);
      await stage.say(ann, ben, 'new');
      assert.deepEqual(await stage.history(ben, conversationId), ['new']);
      assert.deepEqual(await stage.history(ann, conversationId), ['old one', 'old two', 'new']);
      assert.equal(await unread(), 1);
    });

    test('[C5] the list, in pages', async (t) => {
      const stage = await Stage.open(t, factory);
      const ann = await stage.person('ann');
      const others = await inOrder(Array.from({ length: 23 }), (_, i) => stage.person(`other-${String(i)}`));
      const order: string[] = [];
      for (let i = 0; i < 60; i += 1) {
        const other = others[(i * 7) % 23] ?? '';
        stage.clock.advance(i % 3 === 0 ? 1_700_000 : 0);
        const { conversationId } = await stage.say(
          i % 2 === 0 ? ann : other,
          i % 2 === 0 ? other : ann,
          'hi',
        );
        if (order.includes(conversationId)) order.splice(order.indexOf(conversationId), 1);
        order.unshift(conversationId);
      }
      for (const limit of [1, 4, 200]) {
        const seen: string[] = [];
        for (let before: string | null = null, on = true; on;) {
          const page = await stage.queries.conversations(ann, limit, before);
          seen.push(...(page?.conversations.map(({ id }) => id) ?? []));
          before = page?.next ?? null;
          on = before !== null;
        }
        assert.deepEqual(seen, order);
      }
      assert.equal(await stage.queries.conversations(ann, 10, 'nonsense'), null);
    });

    test('[C5] a clock that ran ahead for a while leaves nothing on top, and no place of a list on the wire', async (t) => {
      const stage = await Stage.open(t, factory);
      const ann = await stage.person('ann');
      const others = await inOrder(['ben', 'cleo', 'dora', 'emil'], (name) => stage.person(name));
      const say = async (at: number) => (await stage.say(others[at] ?? '', ann, 'hi')).conversationId;
      const listed = async (viewer = ann, limit = 10): Promise<string[]> => {
        const seen: string[] = [];
        for (let before: string | null = null, on = true; on;) {
          const page = await stage.queries.conversations(viewer, limit, before);
          seen.push(...(page?.conversations.map(({ id }) => id) ?? []));
          before = page?.next ?? null;
          on = before !== null;
        }
        return seen;
      };
      const ben = await say(0);
      const YEAR_MS = 365 * 86_400_000;
      stage.clock.advance(YEAR_MS);
      const cleo = await say(1);
      stage.clock.setBack(YEAR_MS);
      assert.deepEqual(await listed(), [cleo, ben]);
      const dora = await say(2);
      assert.deepEqual(await listed(), [dora, cleo, ben]);
      assert.equal(await say(0), ben);
      assert.deepEqual(await listed(), [ben, dora, cleo]);
      const { conversationId: emil } = (await stage.do('openConversation', {
        userId: ann,
        peerId: others[3] ?? '',
        newConversationId: stage.ids.next(),
      })) as { conversationId: string };
      assert.deepEqual(await listed(ann, 1), [emil, ben, dora, cleo]);
      await stage.store.restart();
      assert.deepEqual(await listed(ann, 1), [emil, ben, dora, cleo]);
      assert.deepEqual(
        (await stage.queries.search(ann, 'o', { type: 'conversations', limit: 10 })).conversations.map(
          ({ id }) => id,
        ),
        [dora, cleo],
      );
      // What a page says of the next one is of one's own log: what others do meanwhile shows nowhere in it. [P5]
      const next = async (): Promise<unknown> => (await stage.queries.conversations(ann, 1, null))?.next;
      const before = await next();
      for (let i = 0; i < 5; i += 1) await stage.say(others[0] ?? '', others[1] ?? '', 'between others');
      assert.equal(await next(), before);
      const ofAnotherBuild = Buffer.from(`1767225600000.${ben}`).toString('base64url');
      assert.equal(await stage.queries.conversations(ann, 10, ofAnotherBuild), null);
    });

    test('[C5] a page reads few entries, however many conversations there are', async (t) => {
      const stage = await Stage.open(t, factory);
      const ann = await stage.person('ann');
      const order: string[] = [];
      const others = await inOrder(Array.from({ length: PEERS }), (_, i) =>
        stage.person(`other-${String(i)}`),
      );
      for (const other of others) order.unshift((await stage.say(other, ann, 'hi')).conversationId);
      // Two who write again and again: their entries move, the others' stay where they are.
      for (let i = 0; i < PEERS; i += 1) await stage.say(others[i % 2] ?? '', ann, 'again');
      const [first = '', second = ''] = [order.at(-1), order.at(-2)];
      const expected = [second, first, ...order.slice(0, -2)];
      const seen: string[] = [];
      for (let before: string | null = null, on = true; on;) {
        const page = await stage.queries.conversations(ann, 90, before);
        seen.push(...(page?.conversations.map(({ id }) => id) ?? []));
        before = page?.next ?? null;
        on = before !== null;
      }
      assert.deepEqual(seen, expected);
    });

    test('[C6] pages of history', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
      let id = '';
      for (let i = 1; i <= 100; i += 1) id = (await stage.say(ann, ben, String(i))).conversationId;
      const seqs = async (page: { before?: number; after?: number; around?: number; limit: number }) => {
        const found = await stage.queries.messages(ben, id, page);
        const list = found?.messages.map((message) => message.seq) ?? [];
        return [list[0], list.at(-1), list.length, found?.has_more];
      };
      assert.deepEqual(await seqs({ limit: 50 }), [51, 100, 50, true]);
      assert.deepEqual(await seqs({ limit: 100 }), [1, 100, 100, false]);
      assert.deepEqual(await seqs({ before: 51, limit: 50 }), [1, 50, 50, false]);
      assert.deepEqual(await seqs({ before: 1, limit: 50 }), [undefined, undefined, 0, false]);
      assert.deepEqual(await seqs({ after: 0, limit: 10 }), [1, 10, 10, true]);
      assert.deepEqual(await seqs({ after: 95, limit: 10 }), [96, 100, 5, false]);
      assert.deepEqual(await seqs({ after: 100, limit: 10 }), [undefined, undefined, 0, false]);
      assert.deepEqual(await seqs({ around: 50, limit: 10 }), [45, 54, 10, true]);
      assert.deepEqual(await seqs({ around: 1, limit: 10 }), [1, 10, 10, true]);
      assert.deepEqual(await seqs({ around: 100, limit: 10 }), [91, 100, 10, true]);
      assert.deepEqual(await seqs({ around: 9_999, limit: 3 }), [98, 100, 3, true]);
    });
  });
};
