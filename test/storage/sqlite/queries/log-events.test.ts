import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { DATABASE_FILE } from '../../../../server/storage/sqlite/open.ts';
import { KINDS_OF } from '../../../../server/storage/presenting/log-events.ts';
import { KIND, type KindName } from '../../../../server/storage/rules/event-kinds.ts';
import { sqliteStore, type SqliteStore } from '../../sqlite-store.ts';
import { Stage } from '../../stage.ts';

const CLEARED = 'a text that was cleared';

/** A conversation with messages of both users. */
const talk = async (t: TestContext) => {
  let store: SqliteStore | undefined;
  const stage = await Stage.open(t, (scope, clock) => (store = sqliteStore(scope, { clock })));
  const [me, peer] = [await stage.person('me'), await stage.person('peer')];
  const messageId = stage.ids.next();
  const first = await stage.say(me, peer, CLEARED, messageId);
  await stage.say(peer, me, CLEARED);
  const db = new Database(join(store?.dir ?? '', DATABASE_FILE), { readonly: true });
  t.after(() => {
    db.close();
  });
  return { stage, db, me, peer, messageId, conversation: first.conversationId };
};
type Talk = Awaited<ReturnType<typeof talk>>;

const hide = async ({ stage, me, conversation }: Talk): Promise<void> => {
  const outcome = await stage.hide(me, conversation);
  assert.equal(outcome.kind, 'hidden');
};

/** How an event of each kind comes into the log of `me`, and whether it is about a message: then it goes with that message when
 *  the conversation is deleted. Receipts are about one and stay. */
const EVENTS: Readonly<
  Record<KindName, { readonly make: (talk: Talk) => Promise<unknown>; readonly goesWithMessage: boolean }>
> = {
  delivered: {
    make: ({ stage, peer, conversation }) => stage.mark(peer, conversation, 1, 'delivered'),
    goesWithMessage: false,
  },
  read: {
    make: ({ stage, peer, conversation }) => stage.mark(peer, conversation, 1, 'read'),
    goesWithMessage: false,
  },
  // The first message has made it.
  conversationCreated: { make: () => Promise.resolve(), goesWithMessage: false },
  conversationDeleted: {
    make: async (each) => {
      await hide(each);
      await each.stage.say(each.peer, each.me, CLEARED);
    },
    goesWithMessage: false,
  },
  // Not about a message; it goes with the settings, which are reset.
  conversationUpdated: {
    make: ({ stage, me, conversation }) => stage.set(me, conversation, { pinned: true }),
    goesWithMessage: true,
  },
  userBlocked: { make: ({ stage, me, peer }) => stage.block(me, peer), goesWithMessage: false },
  userUnblocked: {
    make: async ({ stage, me, peer }) => {
      await stage.block(me, peer);
      await stage.block(me, peer, false);
    },
    goesWithMessage: false,
  },
  userDeleted: {
    make: async ({ stage, peer }) => {
      await stage.remove(peer);
      await stage.store.settle();
    },
    goesWithMessage: false,
  },
  userUpdated: {
    make: ({ stage, peer }) => stage.do('changeProfile', { userId: peer, displayName: 'Peer' }),
    goesWithMessage: false,
  },
  reaction: {
    make: ({ stage, peer, messageId }) => stage.react(peer, messageId, '👍'),
    goesWithMessage: true,
  },
};

for (const [kind, { make, goesWithMessage }] of Object.entries(EVENTS)) {
  test(`[C4] [D10] after a conversation is deleted, a replay shows nothing of it: ${kind}`, async (t) => {
    const each = await talk(t);
    await make(each);
    const cursor = each.db
      .prepare<[number], number>(
        `SELECT max(e.cursor) FROM events e JOIN users u ON u.row = e.user WHERE u.username = 'me' AND e.kind = ?`,
      )
      .pluck()
      .get(KIND[kind as KindName]);
    assert.ok(typeof cursor === 'number', 'the event is in the log');
    const replayed = () => each.stage.log(each.me);
    const type = (await replayed()).find((event) => event.cursor === cursor)?.type;
    const expected = Object.entries(KINDS_OF).find(([, kinds]) =>
      (kinds as readonly string[]).includes(kind),
    );
    assert.equal(type, expected?.[0]);
    await hide(each);
    const left = await replayed();
    assert.equal(
      left.some((event) => event.cursor === cursor),
      !goesWithMessage,
    );
    assert.ok(!JSON.stringify(left).includes(CLEARED), JSON.stringify(left));
    assert.ok(!left.some((event) => event.type === 'message'));
  });
}
