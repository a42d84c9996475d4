import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pairOf } from '../../../server/storage/pair.ts';
import { statement } from '../../../server/storage/postgres/sql.ts';
import { withoutPostgres } from '../../support/postgres.ts';
import { SeveralHosts, times } from './several-hosts.ts';

const say = (hosts: SeveralHosts, senderId: string, peerId: string) =>
  hosts.do('appendMessage', {
    messageId: hosts.ids.next(),
    newConversationId: hosts.ids.next(),
    pair: pairOf(senderId, peerId),
    senderId,
    content: 'hi',
  });

const ADD_JOB = statement(
  'test_add_job',
  'INSERT INTO search_todo (user_row, chunk) SELECT row, 0 FROM users WHERE id = $1',
);
const LOCK_JOBS = statement<[number]>('test_lock_jobs', 'SELECT chunk FROM search_todo FOR UPDATE');
const END_JOB = statement(
  'test_end_job',
  `WITH ended AS (DELETE FROM search_todo RETURNING user_row, chunk)
   INSERT INTO search_chunks (user_row, chunk, version) SELECT user_row, chunk, 1 FROM ended`,
);

const finish = async (hosts: SeveralHosts, rows = 100): Promise<string[]> => {
  const states: string[] = [];
  for (let left = ''; left !== 'none';) {
    left = (await hosts.do('continueSteps', { rows })).left;
    states.push(left);
  }
  return states;
};

/** Of each user who is a peer in a conversation of `userId`: how many events say that `userId` is deleted. */
const toldPeers = async (hosts: SeveralHosts, userId: string) =>
  await hosts.rows<[peer: string, events: number, head: number, logged: number]>(
    `SELECT p.id, (SELECT count(*) FROM events e WHERE e.user_row = p.row AND e.kind = 5 AND e.subject = d.row),
       h.cursor, (SELECT count(*) FROM events e WHERE e.user_row = p.row)
         + (SELECT count(*) FROM messages s WHERE p.row IN (s.sender, s.recipient))
     FROM users d JOIN members m ON m.user_row = d.row JOIN users p ON p.row = m.peer
       JOIN heads h ON h.user_row = p.row
     WHERE d.id = '${userId}' ORDER BY p.id`,
  );

describe('a deletion, and what two hosts do meanwhile', { skip: withoutPostgres }, () => {
  test('[A5] a login at the same moment leaves no session', async (t) => {
    const hosts = await SeveralHosts.open(t);
    for (let round = 0; round < 20; round += 1) {
      const userId = await hosts.user(`ann${String(round)}`);
      const login = () =>
        hosts.do('openSession', { userId, session: hosts.session(), verifiedHash: 'first', rehash: null });
      const [first, deleted, second] = await Promise.all([
        login(),
        hosts.do('deleteUser', { userId, verifiedHash: 'first' }),
        login(),
      ]);
      assert.equal(deleted.kind, 'deleted');
      const opened = [first, second].filter(({ kind }) => kind === 'opened').length;
      // That of the registration too.
      assert.equal('endedSessionIds' in deleted && deleted.endedSessionIds.length, opened + 1);
    }
    await finish(hosts);
    const counts = await hosts.rows(
      `SELECT (SELECT count(*) FROM user_sessions), (SELECT count(*) FROM users WHERE username IS NOT NULL),
         (SELECT count(*) FROM heads WHERE name IS NOT NULL), (SELECT count(*) FROM pending_deletions)`,
    );
    assert.deepEqual(counts, [[0, 0, 0, 0]]);
  });

  test('[A6] whoever begins a conversation before the decision is told, and nobody can after it', async (t) => {
    const hosts = await SeveralHosts.open(t);
    const peers = await Promise.all(times(12, (n) => hosts.user(`peer${String(n)}`)));
    let [begun, refused] = [0, 0];
    for (let round = 0; round < 8; round += 1) {
      const ann = await hosts.user(`ann${String(round)}`);
      await say(hosts, ann, peers[round] ?? '');
      const results = await Promise.all([
        ...peers.slice(0, 6).map((peer) => say(hosts, peer, ann)),
        hosts.do('deleteUser', { userId: ann, verifiedHash: 'first' }),
        ...peers.slice(6).map((peer) => say(hosts, peer, ann)),
        finish(hosts, 2),
      ]);
      await finish(hosts, 3);
      begun += results.filter((each) => 'kind' in each && each.kind === 'appended').length;
      refused += results.filter((each) => 'kind' in each && each.kind === 'conflict').length;
      const told = await toldPeers(hosts, ann);
      assert.ok(told.length >= 1);
      for (const [peer, events, head, logged] of told)
        assert.deepEqual([events, head], [1, logged], `the log of ${peer} in round ${String(round)}`);
    }
    assert.ok(begun > 0 && refused > 0, `${String(begun)} begun, ${String(refused)} refused`);
    t.diagnostic(`${String(begun)} begun, ${String(refused)} refused, ${String(hosts.retries)} retries`);
    assert.equal(hosts.retries, 0);
  });

  test('[A6] many peers are told in steps, by whichever host, each once', async (t) => {
    const hosts = await SeveralHosts.open(t);
    const ann = await hosts.user('ann');
    const peers = await Promise.all(times(70, (n) => hosts.user(`peer${String(n)}`)));
    for (const peer of peers) await say(hosts, peer, ann);
    const gone = await hosts.do('deleteUser', { userId: peers[69] ?? '', verifiedHash: 'first' });
    assert.deepEqual('left' in gone && gone.left, 'erasing');
    await finish(hosts);
    hosts.told.length = 0;
    const deleted = await hosts.do('deleteUser', { userId: ann, verifiedHash: 'first' });
    assert.equal('left' in deleted && deleted.left, 'telling');
    assert.equal(hosts.told.length, 32);
    await hosts.do('continueSteps', { rows: 10 });
    assert.equal(hosts.told.length, 42);
    const states = await Promise.all([finish(hosts, 10), finish(hosts, 10), finish(hosts, 10)]);
    assert.ok(states.flat().includes('telling'));
    const user = { id: ann, username: 'Deleted User', deleted: true };
    assert.deepEqual(
      hosts.told.map(({ userId, event }) => [userId, event.payload]).sort(),
      peers
        .slice(0, 69)
        .map((id) => [id, { change: 'deleted', user }])
        .sort(),
    );
    for (const [peer, events, head, logged] of (await toldPeers(hosts, ann)).filter(
      ([id]) => id !== peers[69],
    ))
      assert.deepEqual([events, head], [1, logged], peer);
    const left = await hosts.rows(
      `SELECT (SELECT count(*) FROM pending_deletions),
         (SELECT count(*) FROM events e JOIN users u ON u.row = e.user_row WHERE u.username IS NULL),
         (SELECT count(*) FROM messages)`,
    );
    assert.deepEqual(left, [[0, 0, 70]]);
    assert.equal(hosts.retries, 0);
  });

  test('[A4] [A5] a failed login at the same moment is not counted for a user who is gone', async (t) => {
    const hosts = await SeveralHosts.open(t);
    for (let round = 0; round < 10; round += 1) {
      const username = `ann${String(round)}`;
      const userId = await hosts.user(username);
      const fail = (n: number) => hosts.settle(`k${String(n % 3)}`, username, 'wrong');
      await Promise.all([
        ...times(5, fail),
        hosts.do('deleteUser', { userId, verifiedHash: 'first' }),
        ...times(5, fail),
        hosts.settle('k1', username, 'right'),
      ]);
    }
    assert.deepEqual(await hosts.rows('SELECT count(*) FROM login_failures_of_user'), [[0]]);
    assert.equal(hosts.retries, 0);
  });

  test('an event that completes a chunk of a log is a job for the search index, and the own index goes', async (t) => {
    const hosts = await SeveralHosts.open(t);
    const [ann, ben] = [await hosts.user('ann'), await hosts.user('ben')];
    await say(hosts, ann, ben);
    await hosts.change(`UPDATE heads SET cursor = 4094 WHERE name = 'ben'`);
    await hosts.change(
      `INSERT INTO search_lists (user_row, chunk, bucket, lists)
       SELECT row, 0, n, '' FROM users, generate_series(1, 40) n WHERE username = 'ann'`,
    );
    await hosts.change(`INSERT INTO search_chunks SELECT row, 0, 1 FROM users WHERE username = 'ann'`);
    const deleted = await hosts.do('deleteUser', { userId: ann, verifiedHash: 'first' });
    assert.equal('left' in deleted && deleted.left, 'erasing');
    const jobs = await hosts.rows(
      'SELECT u.username, t.chunk FROM search_todo t JOIN users u ON u.row = t.user_row',
    );
    assert.deepEqual(jobs, [['ben', 0]]);
    await finish(hosts);
    const left = 'SELECT (SELECT count(*) FROM search_lists), (SELECT count(*) FROM search_chunks)';
    assert.deepEqual(await hosts.rows(left), [[0, 0]]);
  });

  test('a search job that another host is at work on keeps nobody waiting, and nothing of it is left', async (t) => {
    const hosts = await SeveralHosts.open(t);
    const ann = await hosts.user('ann');
    await hosts.database.transaction((sql) => sql.run(ADD_JOB, [ann]));
    await hosts.database.transaction(async (sql) => {
      await sql.query(LOCK_JOBS);
      assert.equal((await hosts.do('deleteUser', { userId: ann, verifiedHash: 'first' })).kind, 'deleted');
      for (let step = 0; step < 2; step += 1)
        assert.equal((await hosts.do('continueSteps', { rows: 100 })).left, 'erasing');
      await sql.run(END_JOB);
    });
    assert.deepEqual(await finish(hosts), ['none']);
    const left = await hosts.rows(
      'SELECT (SELECT count(*) FROM search_todo), (SELECT count(*) FROM search_chunks)',
    );
    assert.deepEqual(left, [[0, 0]]);
    assert.equal(hosts.retries, 0);
  });
});
