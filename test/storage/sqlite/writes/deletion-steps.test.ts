import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { DATABASE_FILE } from '../../../../server/storage/sqlite/open.ts';
import type { StepsLeft, WriteMessage } from '../../../../server/storage/writes.ts';
import { placesOf } from '../../../support/places-of.ts';
import { chance } from '../../../support/scale.ts';
import { sqliteStore, type SqliteStore } from '../../sqlite-store.ts';
import { pairOf, Stage } from '../../stage.ts';
import { inOrder } from '../../../support/in-order.ts';

const PARTNERS = 89;
const MESSAGES = 600;
const NAME = 'canary-who-leaves';

interface Scene {
  readonly stage: Stage;
  readonly dir: string;
  readonly gone: string;
  readonly partners: readonly string[];
  /** Of the person's own messages, how many have their name in the column. */
  readonly named: () => number;
  readonly pending: () => number;
}

/** Somebody with many partners who has said a lot, and heard as much. */
const scene = async (t: TestContext): Promise<Scene> => {
  let store: SqliteStore | undefined;
  const stage = await Stage.open(t, (scope, clock) => (store = sqliteStore(scope, { clock })));
  const dir = store?.dir ?? '';
  const gone = await stage.person(NAME);
  const partners = await inOrder(Array.from({ length: PARTNERS }), (_, i) =>
    stage.person(`partner-${String(i)}`),
  );
  const said = Array.from({ length: 2 * MESSAGES }, (_, i): WriteMessage => {
    const partner = partners[(i * 7) % PARTNERS] ?? '';
    const input = {
      messageId: stage.ids.next(),
      pair: pairOf(gone, partner),
      senderId: i % 2 === 0 ? gone : partner,
      newConversationId: stage.ids.next(),
      content: `words ${String(i)}`,
    };
    return { type: 'appendMessage', input };
  });
  assert.ok((await stage.store.commit(said)).every(({ ok }) => ok));
  const look = new Database(join(dir, DATABASE_FILE), { readonly: true });
  t.after(() => {
    look.close();
  });
  const named = look
    .prepare<[string], number>(
      'SELECT count(*) FROM messages WHERE deleted_user_name = ? AND is_anonymized = 1',
    )
    .pluck();
  const pending = look.prepare<[], number>('SELECT count(*) FROM pending_deletions').pluck();
  return {
    stage,
    dir,
    gone,
    partners,
    named: () => named.get(NAME) ?? 0,
    pending: () => pending.get() ?? 0,
  };
};

const decide = async ({ stage }: Scene, userId: string): Promise<StepsLeft> => {
  const result = await stage.remove(userId);
  assert.ok(result.kind === 'deleted');
  return result.left;
};

/** Everything that anybody is told of the person. */
const shown = async ({ stage: { queries }, gone }: Scene, viewer: string): Promise<string> =>
  JSON.stringify([
    await queries.user(viewer, gone),
    await queries.users(viewer, 'canary', 10),
    await queries.search(viewer, 'canary', { limit: 50 }),
    await queries.conversations(viewer, 50, null),
    await inOrder((await queries.conversations(viewer, 50, null))?.conversations ?? [], ({ id }) =>
      queries.messages(viewer, id, { limit: 200 }),
    ),
    await queries.eventsAfter(viewer, 0, 1_000),
    await queries.userIdByName(NAME),
    await queries.credentials(NAME),
  ]);

const toldOf = async ({ stage, gone }: Scene, partner: string): Promise<number> =>
  (await stage.log(partner)).filter(
    ({ type, payload }) => type === 'user' && 'user' in payload && payload.user.id === gone,
  ).length;

describe('deletions in steps', () => {
  test('[P7] [A5] from the decision on everybody sees a deleted person, however much is left to do', async (t) => {
    const scenery = await scene(t);
    const { stage, gone, partners, named } = scenery;
    const witness = partners[5] ?? '';
    assert.ok((await shown(scenery, witness)).includes(NAME));
    assert.equal(await decide(scenery, gone), 'telling');
    assert.equal(named(), 0, 'the columns come later');
    const seen = await shown(scenery, witness);
    assert.ok(!seen.includes(NAME));
    assert.ok(seen.includes('"is_anonymized":true') && seen.includes('Deleted User'));
    assert.equal(await stage.queries.me(gone), null);
    assert.deepEqual(await stage.append(witness, gone, 'x'), {
      kind: 'conflict',
      reason: 'recipient-deleted',
    });
    const again = {
      id: stage.ids.next(),
      username: NAME,
      passwordHash: '',
      session: stage.session(),
      inviteHash: null,
      signups: null,
    };
    assert.equal((await stage.do('registerUser', again)).kind, 'taken');
  });

  test('[P9] [A6] a step touches no more rows than it may; partners are told first, each once, and the columns last', async (t) => {
    const scenery = await scene(t);
    const { stage, gone, partners, named, pending } = scenery;
    const ROWS = 25;
    let left = await decide(scenery, gone);
    const told = stage.told.map(({ userId }) => userId);
    assert.ok(told.length <= 32);
    let before = 0;
    for (let step = 0; left !== 'none'; step += 1) {
      assert.ok(step < 200, 'it comes to an end');
      ({ left } = await stage.do('continueSteps', { rows: ROWS }));
      const filled = named() - before;
      assert.ok(filled + stage.told.length <= ROWS, `${String(filled)} and ${String(stage.told.length)}`);
      if (filled > 0) assert.equal(told.length + stage.told.length, PARTNERS, 'nobody waits for the columns');
      told.push(...stage.told.map(({ userId }) => userId));
      before = named();
    }
    assert.deepEqual([...told].sort(), [...partners].sort());
    for (const partner of partners) assert.equal(await toldOf(scenery, partner), 1);
    assert.equal(named(), MESSAGES);
    assert.equal(pending(), 0);
    assert.deepEqual(await stage.do('continueSteps', { rows: ROWS }), { left: 'none' });
  });

  test('[A6] the partners of one are told before the columns of another are filled', async (t) => {
    const scenery = await scene(t);
    const { stage, gone, partners, named } = scenery;
    let left = await decide(scenery, gone);
    while (left === 'telling') ({ left } = await stage.do('continueSteps', { rows: 40 }));
    const [first = '', second = ''] = partners;
    await stage.say(first, second, 'we stay');
    await stage.say(second, first, 'no');
    const before = named();
    await decide(scenery, first);
    assert.ok(stage.told.some(({ userId }) => userId === second));
    assert.ok(named() - before <= 32);
    // Both of a conversation are gone: there is nobody to tell.
    await decide(scenery, second);
    await stage.store.settle();
    assert.equal(named(), MESSAGES);
    for (const partner of partners.slice(2)) assert.equal(await toldOf(scenery, partner), 1);
  });

  test('[P1] [A5] stopped at any step, it goes on after the next start, and leaves the name in its two places', async (t) => {
    const random = chance(t);
    const scenery = await scene(t);
    const { stage, dir, gone, partners, named, pending } = scenery;
    let left = await decide(scenery, gone);
    for (let step = 0; left !== 'none'; step += 1) {
      assert.ok(step < 500, 'it comes to an end');
      if (random.chance(0.3)) await stage.store.restart();
      assert.ok(!(await shown(scenery, partners[random.between(0, PARTNERS - 1)] ?? '')).includes(NAME));
      ({ left } = await stage.do('continueSteps', { rows: random.between(1, 60) }));
    }
    for (const partner of partners) assert.equal(await toldOf(scenery, partner), 1);
    assert.deepEqual([named(), pending()], [MESSAGES, 0]);
    await stage.store.settle();
    assert.deepEqual(placesOf(dir, NAME), ['messages', 'reserved_names']);
  });
});
