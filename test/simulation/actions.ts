import type { Account } from '../../ui/account/account.ts';
import type { Message, MessageReference } from '../../ui/model/model.ts';
import { lastSeq } from '../../ui/model/timeline.ts';
import type { Device } from './device.ts';
import { crash } from './mishaps.ts';
import { EPOCH } from './scheduler.ts';
import { short } from './trace.ts';
import type { World } from './world.ts';

type Act = (world: World, device: Device) => void;

const conversationOf = (world: World, account: Account): string | undefined => {
  const ids = [...account.sync.model.get().conversations.keys()];
  return ids.length === 0 ? undefined : world.random.pick(ids);
};

/** A message that the device shows. */
const shownIn = (world: World, account: Account, conversationId: string): MessageReference | undefined => {
  const messages = account.sync.model.get().timelines.get(conversationId)?.messages ?? [];
  return messages.length === 0 ? undefined : referenceTo(world.random.pick(messages));
};

const referenceTo = ({ id: messageId, seq }: Message): MessageReference | undefined =>
  seq === null ? undefined : { messageId, seq };

/** Longer than any clock here is ahead. */
const LONG_MS = 50 * 365 * 86_400_000;

/** No two messages say the same, so that one stored twice is seen. */
const nextText = (world: World): string => `text ${world.ids.next()}`;

/** Somewhere between a message's id and its ack. */
const crashSoon = (world: World, device: Device): void => {
  world.scheduler.after(
    world.random.next() * 4 * (world.plan.latencyMs + world.plan.hopMs),
    () => {
      if (!world.calm) crash(world, device);
    },
    world.life,
  );
};

const say: Act = (world, device) => {
  const others = world.people.filter(({ id }) => id !== device.userId);
  const to = world.random.pick(others);
  const open = world.random.next();
  device.act((account) => {
    const conversationId = conversationOf(world, account);
    const write = (id: string, peer?: string): void => {
      device.act((same) => {
        if (same !== account) return;
        if (world.random.chance(0.3)) void account.history.open(id);
        const text = nextText(world);
        const replyTo = world.random.chance(0.2) ? shownIn(world, account, id) : undefined;
        if (replyTo !== undefined) account.drafts.reply(id, replyTo);
        account.sender.send(id, text);
        const written = account.sync.model.get().pending.at(-1);
        if (written === undefined) return;
        world.trace.note(`${device.name} writes ${short(written.id)} in ${short(id)}`);
        const peerId = account.sync.model.get().conversations.get(id)?.peer.id ?? peer;
        device.written.push({
          ...{ id: written.id, conversationId: id, peerId, text },
          replyTo: written.replyTo?.messageId,
        });
        if (!world.calm && world.random.chance(world.plan.crashesInSend)) crashSoon(world, device);
      });
    };
    if (conversationId !== undefined && open < 0.75) {
      write(conversationId);
      return;
    }
    const profile = { display_name: null, about: null, avatar: null };
    const person = {
      id: to.id,
      username: to.username,
      created_at: '',
      status: null,
      last_seen: null,
      ...profile,
    };
    account.converse(person).then(
      (id) => {
        write(id, to.id);
      },
      () => undefined,
    );
  });
};

/** A frame that was sent before, again: as a client that heard no answer, an hour or a year later. */
const repeat: Act = (world, device) => {
  const written = device.written.length === 0 ? undefined : world.random.pick(device.written);
  if (written === undefined) return;
  const { id, conversationId, peerId, text, replyTo } = written;
  const to = peerId === undefined ? { conversation_id: conversationId } : { recipient_id: peerId };
  device.act((account) => {
    const reply = replyTo === undefined ? {} : { reply_to: replyTo };
    account.sync.link.send('message', { ...to, content: text, ...reply }, id);
  });
};

/** Reacts to a message, or takes the reaction back; often to the newest one, so that both do so to the same. */
const react: Act = (world, device) => {
  const emoji = world.random.pick(['👍', '❤️', '🎉', null]);
  device.act((account) => {
    const conversationId = conversationOf(world, account);
    if (conversationId === undefined) return;
    const last = account.sync.model.get().conversations.get(conversationId)?.lastMessage;
    const newest = last === null || last === undefined ? undefined : referenceTo(last);
    const shown = world.random.chance(0.5) ? newest : shownIn(world, account, conversationId);
    if (shown !== undefined) account.reactions.set(conversationId, shown, emoji);
  });
};

/** Changes one's profile or a part of it, now and then to what it is already. */
const changeProfile: Act = (world, device) => {
  const { random } = world;
  const name = random.pick(['Ada', 'Bo', 'Cleo', null]);
  const change = random.pick([
    { display_name: name },
    { about: nextText(world) },
    { display_name: name, about: null },
    {},
  ]);
  device.act(({ api }) => {
    api.changeProfile(change).catch(() => undefined);
  });
};

/** Pins, archives or mutes a conversation, or undoes that; people mute for longer than a history lasts. */
const set: Act = (world, device) => {
  const { random } = world;
  const muted_until = random.chance(0.5) ? null : new Date(EPOCH + LONG_MS).toISOString();
  const change = random.pick([
    ...[{ pinned: random.chance(0.5) }, { archived: true }, { archived: false }, { muted_until }],
    { archived: true, muted_until },
  ]);
  device.act((account) => {
    const id = conversationOf(world, account);
    const path = `/conversations/${String(id)}`;
    if (id !== undefined) account.api.signed({ method: 'PATCH', path, body: change }).catch(() => undefined);
  });
};

/** Blocks somebody or ends that, which happens more often: whoever is blocked has nothing more to say. */
const block: Act = (world, device) => {
  const { random } = world;
  const others = world.people.filter(({ id }) => id !== device.userId);
  const blocked = world.ledger.settings.blockedBy(device.userId);
  const isEnd = blocked.length > 0 && random.chance(0.75);
  const peer = isEnd ? random.pick(blocked) : random.pick(others).id;
  device.act(({ api }) => {
    const path = `/users/${peer}/block`;
    api.signed({ method: isEnd ? 'DELETE' : 'PUT', path }).catch(() => undefined);
  });
};

const burst: Act = (world, device) => {
  for (let n = world.random.between(2, 8); n > 0; n -= 1) say(world, device);
};

const look: Act = (world, device) => {
  device.act((account) => {
    const conversationId = conversationOf(world, account);
    if (conversationId !== undefined) void account.history.open(conversationId);
  });
};

const read: Act = (world, device) => {
  device.act((account) => {
    const conversationId = conversationOf(world, account);
    if (conversationId === undefined) return;
    const model = account.sync.model.get();
    const timeline = model.timelines.get(conversationId);
    const end = Math.max(
      model.conversations.get(conversationId)?.lastSeq ?? 0,
      timeline === undefined ? 0 : lastSeq(timeline),
    );
    account.read(conversationId, world.random.chance(0.6) ? end : world.random.between(0, end));
  });
};

const type: Act = (world, device) => {
  device.act((account) => {
    const conversationId = conversationOf(world, account);
    if (conversationId !== undefined) account.typing.typed(conversationId);
  });
};

const hide: Act = (world, device) => {
  device.act((account) => {
    const conversationId = conversationOf(world, account);
    if (conversationId !== undefined) account.api.deleteConversation(conversationId).catch(() => undefined);
  });
};

const appear: Act = (world, device) => {
  const status = world.random.chance(0.5) ? ('offline' as const) : ('online' as const);
  device.act((account) => {
    account.sync.link.send('presence', { status });
  });
};

const askSync: Act = (_world, device) => {
  device.act((account) => {
    // From where the client is: what it did not ask for itself it would take for live.
    // As the client does: a replay that is under way is not cut short from a later place.
    const { cursor, witness } = account.sync.model.get();
    const isSearchingWitness = (witness?.since ?? null) === null;
    if (account.sync.connection.get().phase !== 'live' || isSearchingWitness) return;
    account.sync.link.send('sync', { cursor: cursor ?? 0 });
  });
};

/** Signs one of one's own devices out. */
const revoke: Act = (world, device) => {
  const own = world.devices.filter(({ userId, over }) => userId === device.userId && !over);
  if (own.length < 2) return;
  const target = world.random.pick(own);
  device.act((account) => {
    account.api.revokeSession(target.sessionId).catch(() => undefined);
  });
};

/** Tries what is not one's own: a conversation of two others, by every door. [P5] */
const pry: Act = (world, device) => {
  const { ledger, random } = world;
  const foreign = [...ledger.conversations].filter(([, pair]) => !pair.includes(device.userId));
  if (foreign.length === 0) return;
  const [id] = random.pick(foreign);
  const seen = (): void => {
    world.broken('I8', `${device.name} was answered about ${id}`);
  };
  const message = [...ledger.messages.values()].find(({ conversationId }) => conversationId === id);
  device.act(({ api, sync }) => {
    const ask = random.pick([
      () => api.conversation(id),
      () => api.messages(id, null),
      () => api.deleteConversation(id),
    ]);
    ask().then(seen, () => undefined);
    sync.link.send('message', { conversation_id: id, content: nextText(world) });
    sync.link.send('typing', { conversation_id: id, typing: true });
    if (message === undefined) return;
    sync.link.send('ack', { message_id: message.id, status: 'read' });
    sync.link.send('reaction', { message_id: message.id, emoji: '👍' });
    const own = [...ledger.conversations].find(([, pair]) => pair.includes(device.userId))?.[0];
    const reply = { content: nextText(world), reply_to: message.id };
    if (own !== undefined) sync.link.send('message', { conversation_id: own, ...reply });
  });
};

/** Deletes the account; somebody has to be left to look. */
const leave: Act = (world, device) => {
  const left = world.people.filter(({ id }) => !world.ledger.deleted.has(id));
  if (left.length < 3) return;
  world.trace.note(`${device.name} deletes the account`);
  device.act(({ api }) => {
    api.deleteAccount('the password').catch(() => undefined);
  });
};

const CHOICES: readonly (readonly [weight: number, act: Act])[] = [
  [50, say],
  [6, burst],
  [8, repeat],
  [16, react],
  [8, look],
  [16, read],
  [2, type],
  [4, changeProfile],
  [4, set],
  [3, block],
  [2, hide],
  [2, appear],
  [3, askSync],
  [1, revoke],
  [2, pry],
  [1, leave],
];
const TOTAL = CHOICES.reduce((sum, [weight]) => sum + weight, 0);

/** What somebody does next at one of the devices. */
export const actSomehow = (world: World): void => {
  const device = world.random.pick(world.devices);
  let at = world.random.next() * TOTAL;
  for (const [weight, act] of CHOICES) {
    at -= weight;
    if (at < 0) {
      act(world, device);
      return;
    }
  }
};
