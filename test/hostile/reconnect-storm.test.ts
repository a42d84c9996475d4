import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { PASSWORD } from '../support/chat-client.ts';
import { inTurns, Member, people, SOCKETS_EACH } from '../support/crowd.ts';
import { pause } from '../support/deadline.ts';
import { eventually } from '../support/eventually.ts';
import { http } from '../support/http-client.ts';
import { figureOf, metricsUrl } from '../support/metrics.ts';
import { chance, count, scaled } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

/** all lines are lost at once. Sources of their own, because an address has 28,000 ports. */
const SOCKETS = scaled({ sample: 200, long: 5_000 });
const MIB = 1024 * 1024;
/** What a client waits at most before its first attempt, and doubles after each that fails. */
const SPREAD_MS = 500;
const TRIES = 12;

const server = await ServerProcess.start(
  { after },
  { PARLEY_METRICS_PORT: '0', PARLEY_LOGIN_MAX_FAILURES: '1000' },
);
const metrics = await metricsUrl(server);

const addressOf = (at: number): string => `127.0.0.${String(2 + (at % 200))}`;

test('[P4] everybody is dropped at once and comes back: nothing is lost, and a login still gets through', async (t) => {
  const random = chance(t);
  const crowdPeople = await people({ after }, server, SOCKETS / SOCKETS_EACH);
  const [writer] = await people({ after }, server, 1);
  assert.ok(writer);
  const crowd = crowdPeople.flatMap((who) =>
    Array.from({ length: SOCKETS_EACH }, () => new Member(who, server)),
  );
  const { socket } = await writer.online();
  await inTurns(crowd, 50, (member, at) => member.open(addressOf(at)));
  assert.equal(await figureOf(metrics, 'parley_sockets{state="live"}'), SOCKETS + 1);

  let said = 0;
  const sayToAll = async (): Promise<void> => {
    said += 1;
    for (const { id } of crowdPeople) {
      const message = socket.send('message', { recipient_id: id, content: `round ${String(said)}` });
      assert.equal((await socket.answerTo(message)).type, 'ack');
    }
  };
  const comeBack = async (member: Member, at: number, jitter: boolean): Promise<void> => {
    for (let attempt = 0; ; attempt += 1) {
      if (jitter || attempt > 0) await pause(random.between(0, SPREAD_MS * 2 ** attempt));
      const isBack = await member.open(addressOf(at)).then(
        () => true,
        () => false,
      );
      if (isBack) return;
      assert.ok(attempt < TRIES, `socket ${String(at)} did not come back`);
    }
  };
  const login = (): Promise<number> =>
    http('POST', `${server.url}/auth/login`, {
      body: { username: writer.username, password: PASSWORD },
    }).then(({ status }) => status);
  const figures: Record<string, number | string> = {};
  await sayToAll();
  for (const jitter of [true, false]) {
    for (const member of crowd) member.drop();
    const started = performance.now();
    const back = Promise.all(crowd.map((member, at) => comeBack(member, at, jitter)));
    const [loggedIn] = await Promise.all([login(), sayToAll(), back]);
    const name = jitter ? 'spread' : 'atOnce';
    figures[`${name}S`] = ((performance.now() - started) / 1000).toFixed(1);
    figures[`${name}LagMs`] = Math.round(
      1000 * (await figureOf(metrics, 'parley_loop_lag_seconds{thread="edge"}')),
    );
    assert.equal(loggedIn, 200);
    await eventually(
      'everybody to have every round',
      () => crowd.every(({ got }) => got.length >= said),
      60_000,
    );
  }
  for (const { got, breaches } of crowd) {
    assert.deepEqual(breaches, []);
    assert.equal(got.length, said);
    assert.equal(new Set(got).size, said, 'each once');
  }
  const rss = (await figureOf(metrics, 'parley_resident_memory_bytes')) / MIB;
  count(t, 'R-15', { sockets: SOCKETS, rounds: said, ...figures, rssMiB: rss.toFixed(0), seed: random.seed });
  for (const member of crowd) member.drop();
  assert.doesNotMatch(server.run.output, /"level":[56]0|uncaught/);
});
