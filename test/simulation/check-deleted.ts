import type { Person, World } from './world.ts';

/** I7: a deleted person's name is in nothing that anybody can read, and nobody is signed in as them. */
export const checkDeleted = (world: World): void => {
  const { ledger, people, devices, store } = world;
  for (const person of people) {
    if (!ledger.deleted.has(person.id)) continue;
    const broken = (what: string): void => {
      world.broken('I7', `${person.id} is deleted, and ${what}`);
    };
    if (store.reads.credentials(person.username) !== null) broken('may sign in');
    if (store.reads.userIdByName(person.username) !== null) broken('is found by name');
    for (const { userId, sessionId, name } of devices)
      if (userId === person.id && store.reads.session(sessionId) !== null) broken(`${name} is signed in`);
    for (const viewer of people)
      if (viewer !== person && readable(world, viewer, person).includes(person.username))
        broken(`${viewer.id} can read the name`);
  }
};

/** All that one person is told by any route, of everybody. */
const readable = ({ store: { reads } }: World, viewer: Person, person: Person): string => {
  const list = reads.conversations(viewer.id, 200, null)?.conversations ?? [];
  const pages = list.map(({ id }) => reads.messages(viewer.id, id, { limit: 200 }));
  const { events } = reads.eventsAfter(viewer.id, 0, 1_000);
  const found = reads.search(viewer.id, person.username, { limit: 50 });
  return JSON.stringify([
    list,
    pages,
    events,
    found,
    reads.user(viewer.id, person.id),
    reads.users(viewer.id, person.username, 10),
  ]);
};
