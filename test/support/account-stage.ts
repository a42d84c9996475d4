import { account, accountName, type AccountMessage } from '../../server/actors/account/messages.ts';
import { accountProps } from '../../server/actors/account/account.ts';
import { loginThrottle, type LoginAttempt } from '../../server/actors/login-throttle/messages.ts';
import { loginThrottleProps } from '../../server/actors/login-throttle/login-throttle.ts';
import type { EdgeMessage } from '../../server/actors/services/edge.ts';
import type { HelperQuestion } from '../../server/actors/services/helper.ts';
import type { WriteQuestion } from '../../server/actors/services/writer.ts';
import type { Asker, ReplyTo } from '../../server/runtime/actor.ts';
import { Host } from '../../server/runtime/host.ts';
import { openLog } from '../../server/runtime/log/log.ts';
import type { NewSession } from '../../server/storage/writes.ts';
import { LoginStore } from './login-store.ts';
import { ManualClock } from './manual-clock.ts';
import { SequenceIds } from './sequence-ids.ts';

interface Person {
  readonly userId: string;
  readonly username: string;
  passwordHash: string;
}

export const WINDOW_MS = 900_000;
export const MAX_FAILURES = 5;

/** Accounts and login throttles in a real host, with a store in memory in place of the writer and a hash that anyone can read
 *  (`hash:` and the password). Effects are recorded. */
export class AccountStage {
  readonly clock: ManualClock;
  readonly ids: SequenceIds;
  readonly logins: LoginStore;
  readonly people = new Map<string, Person>();
  /** Whose code for a new password, by the text of its hash. */
  readonly resets = new Map<string, Person>();
  /** Names of users whom an operator has disabled. */
  readonly disabled = new Set<string>();
  readonly signups = new Map<string, { count: number; firstAt: number }>();
  /** The writes in the order they came, without those of the throttle. */
  readonly writes: WriteQuestion[] = [];
  readonly told: EdgeMessage[] = [];
  /** Passwords that reached the hash. */
  readonly verified: (string | null)[] = [];
  hashed = 0;
  /** Set to let questions of one type fail as `unavailable`. */
  failing: string | null = null;
  outdated = false;
  /** The next so many writes find that another server has changed the password since it was checked. */
  stale = 0;
  /** What the other server does. */
  onStale: () => void = () => undefined;
  readonly host: Host;

  /** `other`: another host of the same store. */
  constructor(other?: AccountStage) {
    this.clock = other?.clock ?? new ManualClock();
    this.ids = other?.ids ?? new SequenceIds();
    this.logins = other?.logins ?? new LoginStore(this.clock);
    const log = openLog('silent', 'test');
    const { clock, ids } = this;
    this.host = new Host({
      thread: 'edge',
      directory: () => 'edge',
      sendToThread: () => 'thread-gone',
      clock,
      ids,
      log,
    });
    this.activate();
    this.host.serve('writer', (question: WriteQuestion, to) => {
      this.#answer(to, question.type, () => this.#write(question));
    });
    this.host.serve('helper', (question: HelperQuestion, to) => {
      this.#answer(to, question.type, () => this.#help(question));
    });
    this.host.serve('edge', (message: EdgeMessage) => {
      this.told.push(message);
    });
  }

  activate(): void {
    this.host.register(
      accountProps({
        credentials: (username) => Promise.resolve(this.people.get(username) ?? null),
        credentialsById: (id) =>
          Promise.resolve([...this.people.values()].find(({ userId }) => userId === id) ?? null),
        signups: (key) => Promise.resolve(this.signups.get(key) ?? null),
        passwordReset: (hash) => Promise.resolve(this.resets.get(Buffer.from(hash).toString()) ?? null),
      }),
    );
    this.host.register(loginThrottleProps({ windowMs: WINDOW_MS, maxFailures: MAX_FAILURES }));
  }

  /** What the store counts, by address. */
  get failures(): LoginStore['failures'] {
    return this.logins.failures;
  }

  person(username: string, password: string): Person {
    const person = { userId: this.ids.next(), username, passwordHash: `hash:${password}` };
    this.people.set(username, person);
    return person;
  }

  session(): NewSession {
    return {
      id: this.ids.next(),
      refreshHash: new Uint8Array(32),
      ttlMs: 1000,
      ipAddress: '192.0.2.1',
      userAgent: '',
    };
  }

  enter(key = '192.0.2.1') {
    return this.host.ask(loginThrottle(key), { type: 'enter' }, 60_000);
  }

  /** What the login route does: the throttle first, then the account. */
  async login(username: string, password: string, key = '192.0.2.1'): Promise<string> {
    const entry = await this.enter(key);
    if (entry.kind === 'limited') return 'limited';
    const attempt: LoginAttempt = { key, name: accountName(username), slot: entry.slot };
    const session = this.session();
    const question = { type: 'login', username, password, session, attempt } as const;
    return (await this.host.ask(account(username), question, 60_000)).kind;
  }

  ask<Q extends AccountMessage>(username: string, question: Q) {
    return this.host.ask(account(username), question, 60_000);
  }

  #answer(to: Asker | undefined, type: string, work: () => unknown): void {
    // Later, as the real ones do: whatever comes meanwhile finds the question open.
    setImmediate(() => {
      if (this.failing === type) this.host.fail(to, { code: 'unavailable', detail: 'Try again.' });
      else this.host.reply(to as ReplyTo<unknown> | undefined, work());
    });
  }

  #isDisabled(id: string): boolean {
    return [...this.people.values()].some(
      ({ userId, username }) => userId === id && this.disabled.has(username),
    );
  }

  #isStale(): boolean {
    if (this.stale === 0) return false;
    this.stale -= 1;
    this.onStale();
    return true;
  }

  #help(question: HelperQuestion): unknown {
    if (question.type === 'hash') {
      this.hashed += 1;
      return `hash:${question.password}`;
    }
    if (question.type !== 'verify') throw new Error(`no ${question.type} here`);
    this.verified.push(question.hash);
    const ok = question.hash === `hash:${question.password}`;
    return { ok, outdated: ok && this.outdated };
  }

  #write(question: WriteQuestion): unknown {
    if (question.type === 'enterLogin') return this.logins.enter(question.input);
    if (question.type === 'settleLogin') return this.logins.settle(question.input);
    this.writes.push(question);
    switch (question.type) {
      case 'registerUser': {
        const { id: userId, username, passwordHash, inviteHash } = question.input;
        if (inviteHash !== null && inviteHash[0] === 0) return { kind: 'invite-invalid' };
        if (this.people.has(username)) return { kind: 'taken' };
        this.people.set(username, { userId, username, passwordHash });
        return { kind: 'registered', createdAt: this.clock.now() };
      }
      case 'openSession':
        if (this.#isStale()) return { kind: 'stale' };
        return { kind: this.#isDisabled(question.input.userId) ? 'disabled' : 'opened' };
      case 'usePasswordReset': {
        const code = Buffer.from(question.input.codeHash).toString();
        const person = this.resets.get(code);
        if (person === undefined) return { kind: 'invalid' };
        if (this.#isDisabled(person.userId)) return { kind: 'disabled' };
        this.resets.delete(code);
        person.passwordHash = question.input.passwordHash;
        return { kind: 'used', userId: person.userId, endedSessionIds: ['ended-1'] };
      }
      case 'changePassword':
        if (this.#isStale()) return { kind: 'stale' };
        return { kind: 'changed', endedSessionIds: ['ended-1', 'ended-2'] };
      case 'deleteUser':
        if (this.#isStale()) return { kind: 'stale' };
        return { kind: 'deleted', endedSessionIds: ['ended-1'] };
      default:
        throw new Error(`no ${question.type} here`);
    }
  }
}
