import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import { listedConversations } from '../../ui/model/selectors.ts';
import type { Model } from '../../ui/model/model.ts';
import type { Device } from './device.ts';
import type { World } from './world.ts';

const modelOf = (device: Device): Model | undefined => device.account?.sync.model.get();
const unsent = (model: Model | undefined): number =>
  model === undefined
    ? 0
    : model.pending.filter(({ failure }) => failure === null).length + model.pendingReactions.size;

/** A device may wait for a host that is gone while its connection to another one is well. */
const isAsking = ({ plan, requests }: World): boolean =>
  plan.cluster !== null && [...requests].some(({ life }) => life.alive);

export const isAtRest = (world: World): boolean =>
  world.hosts.every(({ isWell }) => isWell) &&
  !isAsking(world) &&
  world.devices.every(
    (device) =>
      device.over ||
      device.isOff ||
      (device.account?.sync.connection.get().phase === 'live' &&
        // The server may have closed it, which neither the device has heard nor the store has written.
        device.connection?.isOpen === true &&
        !device.connection.isCut &&
        unsent(modelOf(device)) === 0),
  );

/** At rest: every device that is signed in shows what the server holds. I4 */
export const checkDevices = (world: World): void => {
  for (const device of world.devices) {
    device.rest();
    if (device.isOff) continue;
    if (device.over) {
      if (!world.ledger.ended.has(device.sessionId) && !world.endedOnce.has(device.sessionId))
        world.broken('S1', `${device.name} was signed out by nobody`);
      continue;
    }
    const phase = device.account?.sync.connection.get().phase;
    const model = modelOf(device);
    if (phase !== 'live' || model === undefined) {
      world.broken('P4', `${device.name} is ${String(phase)} long after all was well`);
      continue;
    }
    checkModel(world, device, model);
  }
};

const checkModel = (world: World, device: Device, model: Model): void => {
  const broken = (what: string): void => {
    world.broken('I4', `${device.name}: ${what}`);
  };
  const { reads } = world.store;
  const head = reads.headCursor(device.userId);
  if (model.cursor !== head) broken(`cursor ${String(model.cursor)}, the log ends at ${String(head)}`);
  if (unsent(model) > 0) broken(`${String(unsent(model))} messages still wait`);
  const refused = new Set<string>();
  for (const { id, conversationId, failure } of model.pending) {
    const pair =
      world.ledger.conversations.get(conversationId) ?? world.lostConversations.get(conversationId);
    const [a = '', b = ''] = pair ?? [];
    const isDeleted = [a, b].some((id) => world.ledger.deleted.has(id) || world.deletedOnce.has(id));
    const isPoison = failure === 'bad_request' && world.poison.has(id);
    const replyTo = device.written.find((written) => written.id === id)?.replyTo;
    // It may have been gone only for a while: after a restore it comes back when its sender sends it again.
    const isReplyToGone =
      failure === 'bad_request' &&
      replyTo !== undefined &&
      (!world.ledger.canRead(device.userId, replyTo) || world.lost.has(replyTo));
    const isBlocked = failure === 'forbidden' && world.ledger.settings.mayHaveBlocked(a, b);
    if (isBlocked || isPoison || isReplyToGone || (failure === 'conflict' && isDeleted)) refused.add(id);
    else if (failure !== null && failure !== 'not_found') broken(`${id} was refused: ${failure}`);
  }
  for (const id of device.kept)
    if (!world.ledger.messages.has(id) && !refused.has(id) && !world.lost.has(id) && !device.isDiscarded(id))
      broken(`${id} was written, kept on disk, and is nowhere`);
  checkNames(world, device, model);
  const list = reads.conversations(device.userId, 200, null)?.conversations ?? [];
  for (const conversation of list) checkConversation(world, device, model, conversation, broken);
  const order = listedConversations(model.conversations, [], new Set()).map(({ id }) => id);
  const stored = list.map(({ id }) => id);
  if (order.length === stored.length && order.some((id, at) => id !== stored[at]))
    world.broken('C5', `${device.name} lists ${order.join(' ')}, stored ${stored.join(' ')}`);
  // Opened here in what a restore undid, and by the other person before: an empty one that the server still knows. [C3]
  const isOpen = (id: string): boolean =>
    world.restored && reads.conversation(device.userId, id)?.last_seq === 0;
  for (const id of model.conversations.keys())
    if (!list.some((conversation) => conversation.id === id) && !isOpen(id))
      broken(`shows ${id}, which is not in the list`);
};

/** I7: no name of a deleted person is shown. */
const checkNames = (world: World, device: Device, model: Model): void => {
  const shown = JSON.stringify([...model.conversations.values()]);
  for (const { id, username } of world.people)
    if (world.ledger.deleted.has(id) && shown.includes(username))
      world.broken('I7', `${device.name} shows the name of ${id}, who is deleted`);
};

const profileOf = ({ display_name, about, avatar }: Profile): unknown => [display_name, about, avatar];
type Profile = Pick<
  Exclude<ConversationResource['peer'], { deleted: true }>,
  'display_name' | 'about' | 'avatar'
>;

const checkConversation = (
  world: World,
  device: Device,
  model: Model,
  stored: ConversationResource,
  broken: (what: string) => void,
): void => {
  const conversation = model.conversations.get(stored.id);
  if (conversation === undefined) {
    broken(`does not show ${stored.id}`);
    return;
  }
  const compare = (what: string, here: unknown, there: unknown): void => {
    if (JSON.stringify(here) !== JSON.stringify(there))
      broken(`${what} of ${stored.id} is ${JSON.stringify(here)}, stored ${JSON.stringify(there)}`);
  };
  compare('last seq', conversation.lastSeq, stored.last_seq);
  compare('last message', conversation.lastMessage?.id ?? null, stored.last_message?.message_id ?? null);
  // A receipt for a message that is gone by then changes nothing in the store [C9], and nothing that anybody sees.
  const gone = world.ledger.removedTo(stored.id);
  const position = (seq: number): number => Math.max(seq, gone);
  // How far it was delivered to oneself is told to the other person only.
  compare('delivered', position(conversation.deliveredSeq.peer), position(stored.delivered_seq.peer));
  compare(
    'read',
    [conversation.readSeq.me, conversation.readSeq.peer].map(position),
    [stored.read_seq.me, stored.read_seq.peer].map(position),
  );
  compare('first', conversation.firstSeq, stored.first_seq);
  compare('unread', conversation.unread, stored.unread_count);
  compare(
    'settings',
    [conversation.pinned, conversation.archived, conversation.mutedUntil],
    [stored.pinned, stored.archived, stored.muted_until],
  );
  if (
    'status' in conversation.peer &&
    'status' in stored.peer &&
    conversation.peer.status !== stored.peer.status
  )
    world.broken(
      'I6',
      `${device.name} shows ${String(conversation.peer.status)} of ${conversation.peer.id} who is ${String(stored.peer.status)}`,
    );
  if (!('deleted' in conversation.peer) && !('deleted' in stored.peer))
    compare('profile of the peer', profileOf(conversation.peer), profileOf(stored.peer));
  const run = model.timelines.get(stored.id)?.messages;
  if (run === undefined) return;
  const page = world.store.reads.messages(device.userId, stored.id, { limit: 200 })?.messages ?? [];
  const tail = page.slice(page.length - run.length);
  compare(
    'timeline',
    run.map(({ seq, id, replyTo, reactions }) => [
      ...[seq, id, replyTo?.messageId ?? null],
      ...reactions.flatMap(({ userId, emoji }) => [userId, emoji]),
    ]),
    tail.map(({ seq, message_id: id, reply_to: replyTo, reactions }) => [
      ...[seq, id, replyTo?.message_id ?? null],
      ...reactions.flatMap(({ user_id: userId, emoji }) => [userId, emoji]),
    ]),
  );
};
