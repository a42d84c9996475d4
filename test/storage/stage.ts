import assert from 'node:assert/strict';
import type { GroupCommit, WriteOutcome } from '../../server/storage/group-commit.ts';
import type {
  Appended,
  LoggedEvent,
  Pair,
  Queries,
  SearchPage,
  WriteMessage,
  WriteName,
  Writes,
} from '../../server/storage/store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { SequenceIds } from '../support/sequence-ids.ts';
import type { Scope } from '../support/temp-dir.ts';

/** What the contract asks of a store, whatever the database behind it. */
export interface StoreUnderTest {
  readonly commit: (batch: readonly WriteMessage[]) => readonly WriteOutcome[];
  readonly queries: Queries;
  /** Does all background work: index, maintenance. */
  readonly settle: () => void;
  /** Stops without a word and starts again. */
  readonly restart: () => void;
}
export type StoreFactory = (scope: Scope, clock: ManualClock) => StoreUnderTest;

export const pairOf = (a: string, b: string): Pair =>
  a < b ? { first: a, second: b } : { first: b, second: a };

export type Store = Pick<GroupCommit, 'commit'>;

/** A store with people in it, in the words of a chat. */
export class Stage {
  readonly clock = new ManualClock();
  readonly ids = new SequenceIds();
  readonly store: StoreUnderTest;
  /** What the last write told people. */
  told: readonly LoggedEvent[] = [];

  constructor(scope: Scope, factory: StoreFactory) {
    this.store = factory(scope, this.clock);
  }

  get queries(): Queries {
    return this.store.queries;
  }

  do<W extends WriteName>(type: W, input: Writes[W]['in']): Writes[W]['out'] {
    const [outcome] = this.store.commit([{ type, input } as WriteMessage]);
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

  person(name: string, session = this.session()): string {
    const id = this.ids.next();
    const result = this.do('registerUser', {
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

  append(
    from: string,
    to: string,
    content: string,
    messageId = this.ids.next(),
  ): Writes['appendMessage']['out'] {
    return this.do('appendMessage', {
      messageId,
      pair: pairOf(from, to),
      senderId: from,
      newConversationId: this.ids.next(),
      content,
    });
  }

  say(from: string, to: string, content: string, messageId?: string): Appended {
    this.clock.advance(1);
    const result = this.append(from, to, content, messageId);
    assert.equal(result.kind, 'appended');
    return result;
  }

  /** Many messages in one commit. */
  sayMany(from: string, to: string, contents: readonly string[]): void {
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
    for (const outcome of this.store.commit(writes)) assert.equal(outcome.ok, true);
  }

  mark(userId: string, conversationId: string, seq: number, status: 'delivered' | 'read') {
    assert.equal(this.do('advanceMark', { conversationId, userId, seq, status }).kind, 'marked');
    return this.told;
  }

  history(viewer: string, conversationId: string): string[] {
    const page = this.queries.messages(viewer, conversationId, { limit: 200 });
    return page?.messages.map((message) => message.content) ?? [];
  }

  found(viewer: string, q: string, limit = 50): string[] {
    const found: string[] = [];
    for (let below: number | null | undefined; below !== null;) {
      const left = limit - found.length;
      const page: SearchPage = this.queries.search(viewer, q, {
        type: 'messages',
        limit: left,
        ...(below === undefined ? {} : { below }),
      });
      found.push(...page.messages.map((hit) => hit.content));
      below = page.next;
    }
    return found;
  }

  log(userId: string, cursor = 0) {
    const events = [];
    for (let at = cursor, more = true; more;) {
      const page = this.queries.eventsAfter(userId, at, 7);
      events.push(...page.events);
      at = page.cursor;
      more = page.more;
    }
    return events;
  }
}
