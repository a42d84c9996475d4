import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NewSession, WriteMessage } from '../../../server/storage/writes.ts';
import { pairOf } from '../../../server/storage/pair.ts';
import { withoutPostgres } from '../../support/postgres.ts';
import { seededRandom, type RandomSource } from '../../support/random-source.ts';
import { hash, SeveralHosts, times } from './several-hosts.ts';

const USERS = 5;
const OPERATIONS = 800;
const AT_ONCE = 24;

const STORM_HOSTS = ['a', 'b', 'c'].map((letter) => `00000000-0000-7000-8000-${letter.repeat(12)}`);

interface StormUser {
  readonly id: string;
  readonly name: string;
  readonly sessions: NewSession[];
  readonly peers: Map<string, string>;
}

/** All writes, in an order that only chance gives. Nothing is known of what the others do. */
class Storm {
  readonly #hosts: SeveralHosts;
  readonly #random: RandomSource;
  readonly #users: StormUser[] = [];
  #made = 0;
  readonly #codes: Buffer[] = [];
  readonly #slots: string[] = [];
  readonly #sockets: readonly string[];

  constructor(hosts: SeveralHosts, random: RandomSource) {
    this.#hosts = hosts;
    this.#random = random;
    this.#sockets = times(60, () => hosts.ids.next());
  }

  async register(): Promise<void> {
    const name = `user${String((this.#made += 1))}`;
    const registration = this.#hosts.registration(name);
    const signups = { key: `a${String(this.#random.between(1, 2))}`, perHour: 1_000 };
    await this.#hosts.do('registerUser', { ...registration, signups });
    this.#users.push({ id: registration.id, name, sessions: [registration.session], peers: new Map() });
    if (this.#users.length > USERS) this.#users.shift();
  }

  next(): WriteMessage {
    const random = this.#random;
    const user = random.pick(this.#users);
    const peer = random.pick(this.#users.filter(({ id }) => id !== user.id));
    const made = [this.#ofUser(user), this.#ofOperator(user), this.#ofPair(user, peer), this.#ofNobody()];
    return random.pick(random.pick(made));
  }

  /** Deletes one of the users, of whom another takes the place. Not while so many are being replaced that few would be left. */
  async replace(): Promise<void> {
    if (this.#users.length <= USERS / 2) return;
    const { id } = this.#random.pick(this.#users);
    const [index] = [this.#users.findIndex((user) => user.id === id)];
    this.#users.splice(index, 1);
    const [deleted] = await Promise.all([
      this.#hosts.do('deleteUser', { userId: id, audit: { actor: 'root', origin: 'console' } }),
      this.register(),
    ]);
    assert.equal(deleted.kind, 'deleted');
  }

  #ofUser({ id: userId, sessions }: StormUser): WriteMessage[] {
    const session = this.#hosts.session();
    sessions.push(session);
    const known = this.#random.pick(sessions);
    const hostId = this.#random.pick(STORM_HOSTS);
    const socketId = this.#random.pick(this.#sockets);
    const visible = this.#random.chance(0.5);
    const tellAnyway = this.#random.chance(0.5);
    const open = {
      hostId,
      userId,
      socketId,
      sessionId: known.id,
      visible,
      ipAddress: '192.0.2.2',
      tellAnyway,
    };
    const verifiedHash = 'first';
    return [
      { type: 'openSession', input: { userId, session, verifiedHash, rehash: null } },
      { type: 'endSession', input: { userId, sessionId: known.id } },
      ...times(3, (): WriteMessage => ({ type: 'openConnection', input: open })),
      { type: 'closeConnections', input: { hostId, userId, keep: [socketId], tellAnyway } },
      { type: 'showConnection', input: { userId, socketId, visible, tellAnyway } },
      { type: 'settlePresence', input: { userId, tellAnyway } },
      {
        type: 'changePassword',
        input: { userId, verifiedHash, passwordHash: 'first', keepSessionId: known.id },
      },
      {
        type: 'rotateRefresh',
        input: { hash: known.refreshHash, successorHash: hash(`${known.id}+`), ttlMs: 1_000 },
      },
    ];
  }

  #ofOperator({ name: username }: StormUser): WriteMessage[] {
    const audit = { actor: 'root', origin: 'console' };
    const codeHash = hash(`code ${this.#hosts.ids.next()}`);
    this.#codes.push(codeHash);
    const role = this.#random.chance(0.5) ? 'admin' : 'user';
    const used = this.#random.pick(this.#codes);
    return [
      { type: 'setUserRole', input: { username, role, audit } },
      { type: 'setUserDisabled', input: { username, disabled: this.#random.chance(0.3), audit } },
      { type: 'createPasswordReset', input: { username, codeHash, ttlMs: 1_000, audit } },
      {
        type: 'usePasswordReset',
        input: { codeHash: used, passwordHash: 'first', session: this.#hosts.session() },
      },
      { type: 'unlockLogins', input: { username, audit } },
    ];
  }

  #ofPair(user: StormUser, peer: StormUser): WriteMessage[] {
    const pair = pairOf(user.id, peer.id);
    const conversationId = user.peers.get(peer.id) ?? this.#hosts.ids.next();
    const ids = { newConversationId: conversationId };
    user.peers.set(peer.id, conversationId);
    peer.peers.set(user.id, conversationId);
    const messageId = this.#hosts.ids.next();
    return [
      ...times(3, (): WriteMessage => ({
        type: 'appendMessage',
        input: { messageId, pair, senderId: user.id, content: 'hi', ...ids },
      })),
      { type: 'openConversation', input: { userId: user.id, peerId: peer.id, ...ids } },
      { type: 'hideConversation', input: { userId: user.id, conversationId, pair } },
      {
        type: 'advancePosition',
        input: { conversationId, pair, userId: user.id, seq: this.#random.between(1, 9), status: 'read' },
      },
    ];
  }

  #ofNobody(): WriteMessage[] {
    const key = `k${String(this.#random.between(1, 3))}`;
    const username = this.#random.pick(this.#users).name;
    const entered = this.#hosts.ids.next();
    this.#slots.push(entered);
    const slot = this.#random.pick(this.#slots);
    return [
      { type: 'enterLogin', input: { key, slot: entered, maxFailures: 5, windowMs: 20 } },
      { type: 'settleLogin', input: { key, slot, username, outcome: 'wrong', windowMs: 20 } },
      { type: 'settleLogin', input: { key, slot, username, outcome: 'wrong', windowMs: 100_000 } },
      { type: 'settleLogin', input: { key, slot, username, outcome: 'right', windowMs: 100_000 } },
      { type: 'unlockLogins', input: { key, audit: null } },
      ...STORM_HOSTS.map((hostId): WriteMessage => ({
        type: 'heartbeat',
        input: { hostId, registers: { name: 'host', version: '1' } },
      })),
      { type: 'settleAbandoned', input: { limit: 3 } },
      { type: 'continueSteps', input: { rows: 3 } },
      { type: 'prune', input: { budget: 5 } },
      { type: 'probe', input: {} },
    ];
  }
}

test(
  'a storm of all writes for five users on eight connections: each is answered, and none was in a deadlock',
  {
    skip: withoutPostgres,
  },
  async (t) => {
    const random = seededRandom();
    const hosts = await SeveralHosts.open(t);
    const storm = new Storm(hosts, random);
    for (let n = 0; n < USERS; n += 1) await storm.register();
    let [left, failed] = [OPERATIONS, ''];
    const worker = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        hosts.clock.advance(1);
        if (random.chance(0.02)) await storm.replace();
        else {
          const write = storm.next();
          const outcome = await hosts.outcome(write);
          if (!outcome.ok) failed += `${write.type} `;
        }
      }
    };
    await Promise.all(times(AT_ONCE, worker));
    assert.equal(failed, '');
    assert.equal(hosts.retries, 0);
    for (let state = ''; state !== 'none';) state = (await hosts.do('continueSteps', { rows: 100 })).left;
    const broken = await hosts.rows(
      `SELECT h.user_row FROM heads h JOIN users u ON u.row = h.user_row
     WHERE (h.name IS DISTINCT FROM u.username)
       OR h.cursor < (SELECT coalesce(max(cursor), 0) FROM events e WHERE e.user_row = h.user_row)
       OR (u.username IS NULL AND EXISTS (SELECT 1 FROM user_sessions s WHERE s.user_row = u.row))
       OR (u.username IS NULL AND EXISTS (SELECT 1 FROM login_failures_of_user f WHERE f.user_row = u.row))
       OR (u.disabled_at IS NOT NULL AND EXISTS (SELECT 1 FROM user_sessions s WHERE s.user_row = u.row))`,
    );
    assert.deepEqual(broken, []);
    const unequal = await hosts.rows(
      `SELECT f.key FROM login_failures f WHERE f.failures <
       (SELECT coalesce(sum(failures), 0) FROM login_failures_of_user n WHERE n.key = f.key) OR f.failures < 0`,
    );
    assert.deepEqual(unequal, []);
  },
);
