import { isDeepStrictEqual } from 'node:util';
import { conversationBetween } from '../support/conversation-between.ts';
import { checkDeleted } from './check-deleted.ts';
import type { World } from './world.ts';

/** At rest: what the store holds is what was committed, each thing once, and presence is what the sockets say. */
export const checkServer = (world: World): void => {
  checkConversations(world);
  checkLogs(world);
  checkPresence(world);
  checkDeleted(world);
};

/** I1, I2, I3. */
const checkConversations = (world: World): void => {
  const { ledger, store } = world;
  for (const [conversationId, [a, b]] of ledger.conversations) {
    const expected = [...ledger.messages.values()]
      .filter((message) => message.conversationId === conversationId)
      .sort((x, y) => x.seq - y.seq);
    const pair = a < b ? { first: a, second: b } : { first: b, second: a };
    const state = conversationBetween(store.reads, pair);
    // Who has deleted it, or was deleted, has no list that it stands in.
    const lastSeq = state?.last_seq ?? expected.length;
    if (
      (state?.id ?? conversationId) !== conversationId ||
      !isDeepStrictEqual(store.reads.pair(conversationId), pair)
    )
      world.broken('C1', `another conversation of the pair: ${conversationId}`);
    if (lastSeq !== expected.length)
      world.broken('I3', `${conversationId} holds ${String(lastSeq)}, committed ${String(expected.length)}`);
    expected.forEach((message, i) => {
      if (message.seq !== i + 1) world.broken('I3', `seq ${String(message.seq)} at place ${String(i + 1)}`);
      const place = store.reads.messageLocation(message.id);
      if (place?.seq !== message.seq || place.conversationId !== conversationId)
        world.broken('I1', `${message.id} is not where it was committed`);
    });
  }
};

/** I4, D10, D12: a log read in pages is what was committed, but for receipts that a later one covers and for what was deleted. */
const checkLogs = (world: World): void => {
  const { ledger, store, random } = world;
  for (const { id } of world.people) {
    if (ledger.deleted.has(id)) continue;
    const log = ledger.logs.get(id);
    const head = store.reads.headCursor(id);
    if (head !== ledger.head(id))
      world.broken('I4', `log of ${id} ends at ${String(head)}, committed ${String(ledger.head(id))}`);
    const found = new Set<number>();
    const limit = random.between(1, 40);
    for (let at = 0, more = true; more;) {
      const page = store.reads.eventsAfter(id, at, limit);
      for (const event of page.events) {
        found.add(event.cursor);
        const entry = log?.get(event.cursor);
        if (entry !== undefined && ledger.isCleared(id, entry))
          world.broken('D10', `${id} is told ${String(event.cursor)} again, which was deleted`);
        if (log?.get(event.cursor)?.frame.type !== event.type)
          world.broken('I4', `${id} ${String(event.cursor)} is ${event.type}`);
      }
      at = page.cursor;
      more = page.more;
    }
    for (const [cursor, entry] of log ?? [])
      if (!entry.receipt && !ledger.isCleared(id, entry) && !found.has(cursor))
        world.broken('I4', `${id} lacks ${String(cursor)}`);
  }
};

/** I6. */
const checkPresence = (world: World): void => {
  const { store } = world;
  const online = new Set<string>();
  for (const { server } of world.hosts)
    for (const { server: end } of server?.open ?? []) if (end?.visible === true) online.add(end.live.userId);
  const living = world.people.filter(({ id }) => !world.ledger.deleted.has(id));
  for (const { userId, status } of store.reads.presenceOf(living.map(({ id }) => id))) {
    const expected = online.has(userId) ? 'online' : 'offline';
    if (status !== expected) world.broken('I6', `${userId} is ${expected}, stored as ${status}`);
  }
  for (const viewer of living)
    for (const person of living) {
      const seen = store.reads.user(viewer.id, person.id);
      const isSeen = seen !== null && 'status' in seen && seen.status !== null;
      if (viewer !== person && isSeen !== world.ledger.hasWritten(person.id, viewer.id))
        world.broken('S7', `${viewer.id} sees ${isSeen ? 'the' : 'no'} presence of ${person.id}`);
    }
};
