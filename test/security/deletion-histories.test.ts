import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { placesOf } from '../support/places-of.ts';
import type { RandomSource } from '../support/random-source.ts';
import { chance, count, scaled } from '../support/scale.ts';
import { sqliteStore, type SqliteStore } from '../storage/sqlite-store.ts';
import { Stage } from '../storage/stage.ts';

/** S-16: people who meet, talk, read and leave in any order; of those who left nothing may be found. */
const HISTORIES = scaled({ sample: 4, long: 250 });
const STEPS = 120;

interface Person {
  readonly id: string;
  readonly name: string;
  spoke: boolean;
}

const life = async (t: TestContext, random: RandomSource): Promise<{ deleted: number }> => {
  let store: SqliteStore | undefined;
  const stage = await Stage.open(t, (scope, clock) => (store = sqliteStore(scope, { clock })));
  const here: Person[] = [];
  const gone: Person[] = [];
  const witness = await stage.person('witness');
  const talks = new Map<string, string>();
  const arrive = async (): Promise<void> => {
    const name =
      `canary-${random.between(0, 2 ** 32).toString(36)}-${String(here.length + gone.length)}`.slice(0, 32);
    here.push({ id: await stage.person(name), name, spoke: false });
  };
  const leave = async (): Promise<void> => {
    const [person] = here.splice(random.between(0, here.length - 1), 1);
    if (person === undefined) return;
    await stage.remove(person.id);
    gone.push(person);
  };
  const talk = async (): Promise<void> => {
    const from = random.pick(here);
    const to = random.chance(0.5) ? witness : random.pick(here).id;
    if (to === from.id) return;
    const { conversationId } = await stage.say(
      from.id,
      to,
      `${random.pick(['hello', 'words', 'more words'])} ${String(random.between(0, 9))}`,
    );
    from.spoke = true;
    talks.set(conversationId, from.id);
  };
  for (let step = 0; step < STEPS; step += 1) {
    const what = random.next();
    if (here.length < 2 || what < 0.2) await arrive();
    else if (what < 0.35) await leave();
    else if (what < 0.85) await talk();
    else if (what < 0.9) await stage.store.settle();
    else if (what < 0.93) await stage.store.restart();
    else {
      const [conversationId, userId] = random.pick([...talks, ['', '']]);
      if (conversationId !== '' && here.some(({ id }) => id === userId))
        await stage.hide(userId, conversationId);
    }
  }
  // The last one to leave has the log emptied: until then it may hold a page of the two places that keep a name.
  do await leave();
  while (here.length > 3);
  await stage.store.settle();
  const dir = store?.dir ?? '';
  for (const { name, spoke } of gone) {
    const places = placesOf(dir, name).filter((place) => place !== 'reserved_names');
    assert.deepEqual(
      places.filter((place) => place !== 'messages'),
      [],
      name,
    );
    if (!spoke) assert.deepEqual(places, [], `${name} never said anything`);
    assert.equal(await stage.queries.userIdByName(name), null);
    for (const reader of [witness, ...here.map(({ id }) => id)]) {
      const seen = JSON.stringify([
        await stage.queries.users(reader, name.slice(0, 12), 50),
        await stage.queries.search(reader, name, { limit: 50 }),
        await stage.queries.conversations(reader, 50, null),
        await stage.log(reader),
      ]);
      assert.ok(!seen.includes(name), `${name} is shown to ${reader}`);
    }
  }
  for (const { id, name } of here) assert.equal(await stage.queries.userIdByName(name), id);
  return { deleted: gone.length };
};

test('[P7][A5] random histories with deletions: no byte, no list, no search and no log of events holds a name that left', async (t) => {
  const random = chance(t);
  let deleted = 0;
  for (let i = 0; i < HISTORIES; i += 1) {
    const own = random.fork();
    t.diagnostic(`history ${String(i)} seed ${String(own.seed)}`);
    deleted += (await life(t, own)).deleted;
  }
  count(t, 'S-16', { histories: HISTORIES, deleted, seed: random.seed });
});
