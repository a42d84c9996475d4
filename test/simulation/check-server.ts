import { isDeepStrictEqual } from 'node:util';
import type { Reads } from '../../server/storage/reads.ts';
import { conversationBetween } from '../support/conversation-between.ts';
import { checkDeleted } from './check-deleted.ts';
import type { Ledger } from './ledger.ts';
import type { World } from './world.ts';

/** At rest: what the store holds is what was committed, each thing once, and presence is what the sockets say. */
export const checkServer = (world: World): void => {
  checkConversations(world);
  checkLogs(world);
  checkPresence(world);
  checkProfiles(world);
  checkSettings(world);
  checkDeleted(world);
};

/** U2, U3, U5: everybody sees the profile that was committed last, and nobody is left to be told of it. */
const checkProfiles = (world: World): void => {
  const { ledger, people, store } = world;
  const { deleted } = ledger;
  const broken = (rule: string, what: string): void => {
    world.broken(rule, what);
  };
  for (const { id } of people) {
    const isGone = deleted.has(id);
    const left = isGone ? [] : ledger.profiles.owedBy(id).filter((each) => !deleted.has(each));
    if (left.length > 0) broken('U3', `${left.join(' ')} were not told of the profile of ${id}`);
    for (const viewer of people) {
      const seen = store.reads.user(viewer.id, id);
      if (seen === null || 'deleted' in seen) {
        if (!isGone) broken('U2', `${viewer.id} does not see ${id}`);
        continue;
      }
      const { display_name, about } = seen;
      if (isGone || !isDeepStrictEqual({ display_name, about }, ledger.profiles.of(id)))
        broken('U2', `${viewer.id} sees another profile of ${id}`);
    }
  }
};

/** C10, C12, C13, B1, B6. */
const checkSettings = (world: World): void => {
  const { ledger, people, store } = world;
  for (const [id, pair] of ledger.conversations)
    for (const viewer of pair) {
      const seen = ledger.deleted.has(viewer) ? null : store.reads.conversation(viewer, id);
      if (seen === null) continue;
      const { pinned, archived } = seen;
      const shown = { pinned, archived, isMuted: seen.muted_until !== null };
      if (!isDeepStrictEqual(shown, ledger.settings.of(id, viewer)))
        world.broken('C10', `${viewer} has set ${JSON.stringify(shown)} for ${id}`);
    }
  for (const { id } of people) {
    const blocked = store.reads.blocks(id).map((user) => user.id);
    if (!ledger.deleted.has(id) && !isDeepStrictEqual(blocked, ledger.settings.blockedBy(id)))
      world.broken('B6', `${id} blocks ${blocked.join(' ')}`);
  }
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
    for (const viewer of [a, b]) checkShown(world, viewer, conversationId);
  }
};

/** C8, M2, M4. */
const checkShown = (world: World, viewer: string, conversationId: string): void => {
  const { ledger, store } = world;
  const page = store.reads.messages(viewer, conversationId, { limit: 200 });
  // Who has deleted the account sees nothing.
  if (page !== null) checkReadable(world, viewer, conversationId, page);
  for (const shown of page?.messages ?? []) {
    const { message_id: id, reply_to: replyTo } = shown;
    if ((replyTo?.message_id ?? null) !== ledger.messages.get(id)?.replyTo)
      world.broken('M2', `${id} replies to ${String(replyTo?.message_id)}`);
    if (!isDeepStrictEqual(shown.reactions, ledger.reactionsTo(id)))
      world.broken('M4', `${id} shows ${JSON.stringify(shown.reactions)}`);
  }
};

/** C8: the messages that are not gone for somebody are shown, and no others; the conversation says with which one it begins. */
const checkReadable = (
  world: World,
  viewer: string,
  conversationId: string,
  page: NonNullable<ReturnType<Reads['messages']>>,
): void => {
  const { ledger, store } = world;
  const all = [...ledger.messages.values()].filter((message) => message.conversationId === conversationId);
  const expected = all
    .filter(({ id }) => ledger.canRead(viewer, id))
    .map(({ seq }) => seq)
    .sort((a, b) => a - b);
  const shown = page.messages.map(({ seq }) => seq);
  if (!isDeepStrictEqual(shown, expected.slice(-200)))
    world.broken(
      'C8',
      `${viewer} is shown ${shown.join(' ')} of ${conversationId}, there are ${expected.join(' ')}`,
    );
  const first = store.reads.conversation(viewer, conversationId)?.first_seq;
  const begin = ledger.goneTo(viewer, conversationId) + 1;
  if (first !== undefined && first !== begin)
    world.broken(
      'C8',
      `${conversationId} begins with ${String(first)} for ${viewer}, and not with ${String(begin)}`,
    );
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
        if (entry !== undefined && ledger.isGone(id, entry))
          world.broken('D10', `${id} is told ${String(event.cursor)} again, which is gone`);
        if (entry !== undefined && ledger.isReplaced(id, event.cursor, entry))
          world.broken('U4', `${id} is told ${String(event.cursor)} again, which a later event replaces`);
        if (event.type === 'user' && event.payload.change === 'updated')
          if (!isDeepStrictEqual(event.payload.user, store.reads.user(id, event.payload.user.id)))
            world.broken('U4', `${id} ${String(event.cursor)} is another profile than there is now`);
        if (log?.get(event.cursor)?.frame.type !== event.type)
          world.broken('I4', `${id} ${String(event.cursor)} is ${event.type}`);
        if (event.type === 'reaction' && !isDeepStrictEqual(entry?.frame.payload, event.payload))
          world.broken('M9', `${id} ${String(event.cursor)} is another reaction`);
      }
      at = page.cursor;
      more = page.more;
    }
    for (const [cursor, entry] of log ?? []) {
      const mayGo = entry.receipt || ledger.isGone(id, entry) || ledger.isReplaced(id, cursor, entry);
      if (!mayGo && !found.has(cursor)) world.broken('I4', `${id} lacks ${String(cursor)}`);
    }
  }
};

/** Whether `to` sees the presence of `from`. */
const showsPresence = (ledger: Ledger, from: string, to: string): boolean =>
  ledger.hasWritten(from, to) && !ledger.settings.isBlocking(from, to);

/** I6, S7, B3. */
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
      if (viewer !== person && isSeen !== showsPresence(world.ledger, person.id, viewer.id))
        world.broken('S7', `${viewer.id} sees ${isSeen ? 'the' : 'no'} presence of ${person.id}`);
    }
};
