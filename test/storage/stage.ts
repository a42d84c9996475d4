import assert from 'node:assert/strict';
import type { WriteOutcome } from '../../server/storage/outcome.ts';
import type { LoggedEvent } from '../../server/storage/logged-event.ts';
import type { Pair } from '../../server/storage/pair.ts';
import type { Queries, SearchPage } from '../../server/storage/reads.ts';
import type {
  Appended,
  PresenceState,
  Reacted,
  WriteMessage,
  WriteName,
  Writes,
} from '../../server/storage/writes.ts';
import type { LogEvent } from '../../server/protocol/server-frames.ts';
import { inOrder } from '../support/in-order.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { SequenceIds } from '../support/sequence-ids.ts';
import type { Scope } from '../support/temp-dir.ts';
import { settling } from './settling.ts';

/** What the contract asks of a store, whatever the database behind it. */
export interface StoreUnderTest {
  readonly commit: (batch: readonly WriteMessage[]) => Promise<readonly WriteOutcome[]>;
  readonly queries: Queries;
  /** Does all background work: index, maintenance. */
  readonly settle: () => Promise<void>;
  /** Stops without a word and starts again. */
  readonly restart: () => Promise<void>;
}
export type StoreFactory = (scope: Scope, clock: ManualClock) => StoreUnderTest | Promise<StoreUnderTest>;

/** The host of whoever names none. */
export const HOST = '00000000-0000-7000-8000-00000000aaaa';

export const pairOf = (a: string, b: string): Pair =>
  a < b ? { first: a, second: b } : { first: b, second: a };

/** A store with people in it, in the words of a chat. */
export class Stage {
  readonly clock: ManualClock;
  readonly ids = new SequenceIds();
  readonly store: StoreUnderTest;
  /** What the last write told people. */
  told: readonly LoggedEvent[] = [];

  private constructor(store: StoreUnderTest, clock: ManualClock) {
    this.store = store;
    this.clock = clock;
  }

  static async open(scope: Scope, factory: StoreFactory): Promise<Stage> {
    const clock = new ManualClock();
    return new Stage(await factory(scope, clock), clock);
  }

  get queries(): Queries {
    return this.store.queries;
  }

  async do<W extends WriteName>(type: W, input: Writes[W]['in']): Promise<Writes[W]['out']> {
    const [outcome] = await this.store.commit([{ type, input } as WriteMessage]);
    assert.equal(outcome?.ok, true, `${type}: ${JSON.stringify(outcome)}`);
    this.told = outcome.events;
    return outcome.result;
  }

  session(refresh = this.ids.next()) {
    return {
      id: this.ids.next(),
      refreshHash: Buffer.from(refresh),
      ttlMs: 86_400_000,
      ipAddress: '192.0.2.1',
      userAgent: 'test',
    };
  }

  async person(name: string, session = this.session()): Promise<string> {
    const id = this.ids.next();
    const result = await this.do('registerUser', {
      id,
      username: name,
      passwordHash: `hash of ${name}`,
      session,
      inviteHash: null,
      signups: null,
    });
    assert.equal(result.kind, 'registered');
    return id;
  }

  people(...names: readonly string[]): Promise<string[]> {
    return inOrder(names, (name) => this.person(name));
  }

  /** The stored hash, or that of nobody. */
  async hashOf(userId: string): Promise<string> {
    return (await this.queries.credentialsById(userId))?.passwordHash ?? 'hash of nobody';
  }

  /** A login with the right password. */
  async login(
    userId: string,
    session = this.session(),
    rehash: string | null = null,
  ): Promise<Writes['openSession']['out']> {
    const verifiedHash = await this.hashOf(userId);
    return this.do('openSession', { userId, session, verifiedHash, rehash });
  }

  async changePassword(
    userId: string,
    passwordHash: string,
    keepSessionId: string,
  ): Promise<Writes['changePassword']['out']> {
    const verifiedHash = await this.hashOf(userId);
    return this.do('changePassword', { userId, verifiedHash, passwordHash, keepSessionId });
  }

  /** Deletes a user who gave the right password. */
  async remove(userId: string): Promise<Writes['deleteUser']['out']> {
    return this.do('deleteUser', { userId, verifiedHash: await this.hashOf(userId) });
  }

  /** A wrong password for this name from this address, whose slot has ended. */
  failLogin(key: string, username: string): Promise<Writes['settleLogin']['out']> {
    return this.do('settleLogin', settling(this.ids, key, username, 'wrong'));
  }

  /** A right one; returns how many failures it took back. */
  async clearLogins(key: string, username: string): Promise<number> {
    const before = (await this.loginFailures(key))?.failures ?? 0;
    const { failures } = await this.do('settleLogin', settling(this.ids, key, username, 'right'));
    return before - failures;
  }

  /** What counts for an address now. */
  async loginFailures(key: string): Promise<Writes['settleLogin']['out'] | null> {
    const counted = await this.do('settleLogin', settling(this.ids, key, '', 'void'));
    return counted.failures === 0 ? null : counted;
  }

  /** A host says that it lives. */
  beat(hostId = HOST): Promise<Writes['heartbeat']['out']> {
    return this.do('heartbeat', { hostId, registers: { name: 'host', version: '1' } });
  }

  /** A connection of a session of this user, at a host that has just said that it lives. */
  async connect(
    userId: string,
    sessionId: string,
    { hostId = HOST, visible = true, socketId = this.ids.next(), ipAddress = '192.0.2.1' } = {},
  ) {
    await this.beat(hostId);
    const input = { hostId, userId, sessionId, socketId, visible, ipAddress, tellAnyway: false };
    const answer = await this.do('openConnection', input);
    assert.equal(answer.kind, 'opened', JSON.stringify(answer));
    return { ...answer, socketId };
  }

  /** A login, and a connection of it. */
  async appear(userId: string): Promise<void> {
    const session = this.session();
    await this.login(userId, session);
    await this.connect(userId, session.id);
  }

  /** Closes the connections of this user at a host, but those in `keep`. */
  async disconnect(
    userId: string,
    { hostId = HOST, keep = [] as readonly string[] } = {},
  ): Promise<PresenceState> {
    return (await this.do('closeConnections', { hostId, userId, keep, tellAnyway: false })).presence;
  }

  /** The grace time of this user is over. */
  async settleOf(userId: string): Promise<PresenceState> {
    return (await this.do('settlePresence', { userId, tellAnyway: false })).presence;
  }

  append(
    from: string,
    to: string,
    content: string,
    messageId = this.ids.next(),
    replyTo?: string,
  ): Promise<Writes['appendMessage']['out']> {
    return this.do('appendMessage', {
      ...(replyTo !== undefined && { replyTo }),
      messageId,
      pair: pairOf(from, to),
      senderId: from,
      newConversationId: this.ids.next(),
      content,
    });
  }

  async say(
    from: string,
    to: string,
    content: string,
    messageId?: string,
    replyTo?: string,
  ): Promise<Appended> {
    this.clock.advance(1);
    const result = await this.append(from, to, content, messageId, replyTo);
    assert.equal(result.kind, 'appended');
    return result;
  }

  /** Whatever becomes of it. */
  async setReaction(
    userId: string,
    messageId: string,
    emoji: string | null,
  ): Promise<Writes['setReaction']['out']> {
    const pair = (await this.queries.messageLocation(messageId))?.pair ?? pairOf(userId, this.ids.next());
    return this.do('setReaction', { userId, messageId, emoji, pair, requestId: this.ids.next() });
  }

  async react(userId: string, messageId: string, emoji: string | null): Promise<Reacted> {
    this.clock.advance(1);
    const result = await this.setReaction(userId, messageId, emoji);
    assert.equal(result.kind, 'reacted');
    return result;
  }

  /** Many messages in one commit. */
  async sayMany(from: string, to: string, contents: readonly string[]): Promise<void> {
    const writes = contents.map((content) => ({
      type: 'appendMessage' as const,
      input: {
        messageId: this.ids.next(),
        pair: pairOf(from, to),
        senderId: from,
        newConversationId: this.ids.next(),
        content,
      },
    }));
    for (const outcome of await this.store.commit(writes)) assert.equal(outcome.ok, true);
  }

  async mark(
    userId: string,
    conversationId: string,
    seq: number,
    status: 'delivered' | 'read',
  ): Promise<readonly LoggedEvent[]> {
    const pair = await this.pair(conversationId);
    const outcome = await this.do('advancePosition', { conversationId, pair, userId, seq, status });
    assert.equal(outcome.kind, 'advanced');
    return this.told;
  }

  async hide(userId: string, conversationId: string): Promise<Writes['hideConversation']['out']> {
    return this.do('hideConversation', { userId, conversationId, pair: await this.pair(conversationId) });
  }

  /** Changes what a user has set for a conversation. */
  async set(
    userId: string,
    conversationId: string,
    settings: Pick<Writes['changeSettings']['in'], 'pinned' | 'archived' | 'mutedUntil'>,
  ): Promise<Writes['changeSettings']['out']['kind']> {
    const pair = await this.pair(conversationId);
    return (await this.do('changeSettings', { userId, conversationId, pair, ...settings })).kind;
  }

  block(userId: string, peerId: string, blocked = true): Promise<Writes['setBlock']['out']> {
    return this.do('setBlock', { userId, peerId, blocked });
  }

  async pair(conversationId: string): Promise<Pair> {
    const pair = await this.queries.pair(conversationId);
    assert.ok(pair, `no conversation ${conversationId}`);
    return pair;
  }

  async history(viewer: string, conversationId: string): Promise<string[]> {
    const page = await this.queries.messages(viewer, conversationId, { limit: 200 });
    return page?.messages.map((message) => message.content) ?? [];
  }

  async found(viewer: string, q: string, limit = 50): Promise<string[]> {
    const found: string[] = [];
    for (let below: number | null | undefined; below !== null;) {
      const left = limit - found.length;
      const page: SearchPage = await this.queries.search(viewer, q, {
        type: 'messages',
        limit: left,
        ...(below === undefined ? {} : { below }),
      });
      found.push(...page.messages.map((hit) => hit.content));
      below = page.next;
    }
    return found;
  }

  async log(userId: string, cursor = 0): Promise<LogEvent[]> {
    const events: LogEvent[] = [];
    for (let at = cursor, more = true; more;) {
      const page = await this.queries.eventsAfter(userId, at, 7);
      events.push(...page.events);
      at = page.cursor;
      more = page.more;
    }
    return events;
  }
}
