import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SOCKETS_PER_USER } from '../../../server/protocol/limits.ts';
import { HOST_SILENT_MS } from '../../../server/storage/limits.ts';
import { statement } from '../../../server/storage/postgres/sql.ts';
import type { NewSession, Writes } from '../../../server/storage/writes.ts';
import { pairOf } from '../../../server/storage/pair.ts';
import { eventually } from '../../support/eventually.ts';
import { withoutPostgres } from '../../support/postgres.ts';
import type { Scope } from '../../support/temp-dir.ts';
import { kindsOf, SeveralHosts, times } from './several-hosts.ts';

const ROUNDS = 10;

interface Person {
  readonly userId: string;
  readonly session: NewSession;
}

const register = async (hosts: SeveralHosts, name: string): Promise<Person> => {
  const registration = hosts.registration(name);
  await hosts.do('registerUser', registration);
  return { userId: registration.id, session: registration.session };
};

const connect = (
  hosts: SeveralHosts,
  { userId, session }: Person,
  hostId: string,
): Promise<Writes['openConnection']['out']> => {
  const connection = { hostId, socketId: hosts.ids.next(), ipAddress: '192.0.2.1', visible: true };
  return hosts.do('openConnection', { userId, sessionId: session.id, ...connection, tellAnyway: false });
};

const open = async (scope: Scope) => {
  const hosts = await SeveralHosts.open(scope, { hosts: 3 });
  const ids = await Promise.all(times(3, () => hosts.register()));
  return { hosts, ids, hostOf: (n: number): string => ids[n % ids.length] ?? '' };
};

describe('connections, registered by several hosts at the same moment', { skip: withoutPostgres }, () => {
  test('[O11] of thirty at three hosts ten are left, and each of the others gave way once', async (t) => {
    const { hosts, hostOf } = await open(t);
    const ann = await register(hosts, 'ann');
    const opened = await Promise.all(times(30, (n) => connect(hosts, ann, hostOf(n))));
    assert.deepEqual(kindsOf(opened), { opened: 30 });
    const evicted = opened.flatMap((answer) => (answer.kind === 'opened' ? answer.evicted : []));
    assert.equal(new Set(evicted.map(({ socketId }) => socketId)).size, 30 - SOCKETS_PER_USER);
    assert.equal(evicted.length, 30 - SOCKETS_PER_USER);
    assert.deepEqual(await hosts.rows('SELECT count(*) FROM connections'), [[SOCKETS_PER_USER]]);
    assert.equal(hosts.retries, 0);
  });

  test('[S6] of those who come at once one tells that the user is online, and of those who settle one', async (t) => {
    const { hosts, ids, hostOf } = await open(t);
    const [ann, ben] = [await register(hosts, 'ann'), await register(hosts, 'ben')];
    const pair = pairOf(ann.userId, ben.userId);
    const message = { messageId: hosts.ids.next(), newConversationId: hosts.ids.next(), content: 'hi' };
    await hosts.do('appendMessage', { ...message, pair, senderId: ann.userId });
    const opened = await Promise.all(times(9, (n) => connect(hosts, ann, hostOf(n))));
    const told = opened.flatMap((answer) => (answer.kind === 'opened' ? answer.presence.observers : []));
    assert.deepEqual(told, [ben.userId]);
    const close = { userId: ann.userId, keep: [], tellAnyway: false };
    await Promise.all(ids.map((hostId) => hosts.do('closeConnections', { ...close, hostId })));
    const settle = () => hosts.do('settlePresence', { userId: ann.userId, tellAnyway: false });
    const settled = await Promise.all(times(9, settle));
    assert.deepEqual(
      settled.flatMap(({ presence }) => presence.observers),
      [ben.userId],
    );
  });

  test('[P6] a session that is revoked while a connection waits for the user’s lock opens none', async (t) => {
    const { hosts, hostOf } = await open(t);
    const ann = await register(hosts, 'ann');
    let waiting: Promise<Writes['openConnection']['out']> | undefined;
    await hosts.database.transaction(async (sql) => {
      await sql.query(statement('', 'SELECT 1 FROM heads FOR UPDATE'));
      waiting = connect(hosts, ann, hostOf(0));
      await eventually('the connection waits', async () => {
        const blocked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
        const [[count] = [0]] = await hosts.rows<[number]>(blocked);
        return count > 0;
      });
      await sql.run(statement('', 'DELETE FROM user_sessions'));
    });
    assert.deepEqual(await waiting, { kind: 'ended' });
    assert.deepEqual(await hosts.rows('SELECT count(*) FROM connections'), [[0]]);
  });

  test('[A5] the deletion of a user leaves no connection, whatever opens meanwhile', async (t) => {
    const { hosts, hostOf } = await open(t);
    const kinds = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const ann = await register(hosts, `ann${String(round)}`);
      const audit = { actor: 'root', origin: 'console' };
      const [first, , ...others] = await Promise.all([
        connect(hosts, ann, hostOf(round)),
        hosts.do('deleteUser', { userId: ann.userId, audit }),
        connect(hosts, ann, hostOf(round + 1)),
        connect(hosts, ann, hostOf(round + 2)),
      ]);
      for (const { kind } of [first, ...others]) kinds.add(kind);
    }
    assert.ok([...kinds].every((kind) => kind === 'opened' || kind === 'ended'));
    assert.deepEqual(await hosts.rows('SELECT count(*) FROM connections'), [[0]]);
    assert.equal(hosts.retries, 0);
  });

  test('[S6] the users of a dead host are settled once, although all others are at it', async (t) => {
    const { hosts, ids, hostOf } = await open(t);
    const people = await Promise.all(times(20, (n) => register(hosts, `user${String(n)}`)));
    await Promise.all(people.map((person) => connect(hosts, person, hostOf(0))));
    const living = ids.slice(1);
    const beat = (hostId: string) => hosts.do('heartbeat', { hostId, registers: null });
    hosts.clock.advance(HOST_SILENT_MS);
    assert.deepEqual(kindsOf(await Promise.all(living.map(beat))), { alive: living.length });
    hosts.clock.advance(1);
    await Promise.all(living.map(beat));
    assert.equal((await beat(hostOf(0))).kind, 'gone');
    const settled = await Promise.all(times(8, () => hosts.do('settleAbandoned', { limit: 7 })));
    const more = await hosts.do('settleAbandoned', { limit: 100 });
    const presences = [...settled, more].flatMap((each) => each.presences);
    assert.deepEqual(new Set(presences.map(({ status }) => status)), new Set(['offline']));
    assert.equal(new Set(presences.map(({ userId }) => userId)).size, 20);
    assert.deepEqual(await hosts.rows('SELECT count(*) FROM connections'), [[0]]);
    assert.deepEqual(await hosts.rows("SELECT count(*) FROM user_presence WHERE status = 'online'"), [[0]]);
    assert.deepEqual(await hosts.rows('SELECT count(*) FROM user_sessions WHERE connected'), [[0]]);
    for (const hostId of living) {
      const others = living.filter((each) => each !== hostId);
      assert.deepEqual(await beat(hostId), { kind: 'alive', others, abandoned: false });
    }
    assert.equal(hosts.retries, 0);
  });
});
