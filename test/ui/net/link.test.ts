import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReconnectingSocket, type SocketState, type ClientSocket } from '../../../ui/net/link.ts';
import { ApiProblem } from '../../../ui/net/problem.ts';
import { PROTOCOL_VERSION } from '../../../server/protocol/version.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { settled } from '../../support/settled.ts';
import { AT, idOf } from '../sample.ts';

/** A socket whose other end is the test. */
class TestSocket implements ClientSocket {
  onopen: ClientSocket['onopen'] = null;
  onmessage: ClientSocket['onmessage'] = null;
  onclose: ClientSocket['onclose'] = null;
  readonly sent: { type: string; payload: unknown }[] = [];
  closed: number | undefined;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as { type: string; payload: unknown });
  }
  close(code?: number): void {
    this.closed = code;
  }
  says(type: string, payload: unknown): void {
    this.onmessage?.({ data: JSON.stringify({ id: idOf(1), type, timestamp: AT, payload }) });
  }
  welcomes(minVersion = 1): void {
    this.onopen?.();
    this.says('welcome', {
      session_id: idOf(2),
      user_id: idOf(3),
      server_time: AT,
      heartbeat_s: 30,
      cursor: 0,
      history: idOf(4),
      reset: false,
      min_version: minVersion,
    });
  }
}

const linked = ({
  alive = () => Promise.resolve(true),
  token = () => Promise.resolve('token'),
}: { alive?: () => Promise<boolean>; token?: () => Promise<string> } = {}) => {
  const clock = new ManualClock();
  const sockets: TestSocket[] = [];
  const protocols: string[][] = [];
  const states: SocketState[] = [];
  let cursor = 0;
  const urls: string[] = [];
  const link = new ReconnectingSocket({
    clock,
    open: (url, offered) => {
      urls.push(url);
      protocols.push(offered);
      const socket = new TestSocket();
      sockets.push(socket);
      return socket;
    },
    random: () => 0.999,
    newId: () => idOf(9),
    url: () => `ws?cursor=${String((cursor += 1))}`,
    token,
    renew: () => Promise.resolve('renewed'),
    alive,
    onFrame: () => undefined,
    onState: (state) => states.push(state),
  });
  const up = async () => {
    link.start();
    await settled();
    sockets.at(-1)!.welcomes();
    return sockets.at(-1)!;
  };
  return { clock, sockets, protocols, states, urls, link, up };
};
type Stage = ReturnType<typeof linked>;
const troubleOf = ({ states }: Stage) => {
  const state = states.at(-1);
  return state?.phase === 'waiting' || state?.phase === 'connecting' ? state.trouble : state?.phase;
};
/** The next attempt is made, and its socket closes without a welcome. */
const refused = async (stage: Stage, code = 1006) => {
  const state = stage.states.at(-1);
  if (state?.phase === 'waiting') stage.clock.advance(state.until - stage.clock.now());
  await settled();
  stage.sockets.at(-1)!.onclose?.({ code });
  await settled();
};
const phaseOf = ({ states }: { states: readonly SocketState[] }) => states.at(-1)?.phase;

test('the token goes into the subprotocol, the cursor into the address, and it is up with `welcome`', async () => {
  const stage = linked();
  await stage.up();
  assert.deepEqual(stage.protocols, [['parley.v1', 'bearer.token']]);
  assert.deepEqual(stage.urls, ['ws?cursor=1']);
  assert.equal(phaseOf(stage), 'up');
});

test('a lost connection is tried again later and later, each time from the cursor held then', async () => {
  const stage = linked();
  (await stage.up()).onclose?.({ code: 1006 });
  const waits: number[] = [];
  for (let n = 0; n < 5; n += 1) {
    const state = stage.states.at(-1);
    assert.ok(state?.phase === 'waiting');
    waits.push(state.until - stage.clock.now());
    stage.clock.advance(state.until - stage.clock.now());
    await settled();
    stage.sockets.at(-1)!.onclose?.({ code: 1006 });
    await settled();
  }
  assert.deepEqual(
    waits,
    [...waits].sort((a, b) => a - b),
  );
  assert.ok(waits[4]! > 4 * waits[0]!, waits.join(' '));
  assert.deepEqual(stage.urls, [
    'ws?cursor=1',
    'ws?cursor=2',
    'ws?cursor=3',
    'ws?cursor=4',
    'ws?cursor=5',
    'ws?cursor=6',
  ]);
});

test('when the network or the window comes back it connects at once, without waiting for its time', async () => {
  const stage = linked();
  (await stage.up()).onclose?.({ code: 1006 });
  assert.equal(phaseOf(stage), 'waiting');
  stage.link.nudge();
  await settled();
  assert.equal(stage.sockets.length, 2);
  stage.sockets[1]!.welcomes();
  assert.equal(phaseOf(stage), 'up');
  // The timer of before does not open a third.
  stage.clock.advance(60_000);
  await settled();
  assert.equal(stage.sockets.length, 2);
});

test('a connection that seems to be up is asked when the window comes back, and replaced when it says nothing', async () => {
  const stage = linked();
  const socket = await stage.up();
  stage.link.nudge();
  assert.deepEqual(socket.sent.at(-1)?.type, 'ping');
  socket.says('pong', {});
  stage.clock.advance(20_000);
  assert.equal(phaseOf(stage), 'up');
  stage.link.nudge();
  stage.clock.advance(20_000);
  await settled();
  assert.equal(socket.closed, 1000);
  assert.equal(stage.sockets.length, 2);
});

test('it waits at most a quarter of a minute, however long the outage was', async () => {
  const stage = linked({ alive: () => Promise.reject(new ApiProblem('offline', 'gone')) });
  stage.link.start();
  for (let n = 0; n < 12; n += 1) await refused(stage);
  const state = stage.states.at(-1);
  assert.ok(state?.phase === 'waiting');
  assert.ok(state.until - stage.clock.now() > 10_000);
  assert.ok(state.until - stage.clock.now() <= 15_000);
});

test('who writes or touches the window does not wait for the next attempt, and brings on no storm of them', async () => {
  const stage = linked({ alive: () => Promise.reject(new ApiProblem('offline', 'gone')) });
  stage.link.start();
  for (let n = 0; n < 8; n += 1) await refused(stage);
  const made = stage.sockets.length;
  for (let key = 0; key < 50; key += 1) stage.link.hurry();
  stage.clock.advance(3_000);
  await settled();
  assert.equal(stage.sockets.length, made + 1);
  await refused(stage);
  const start = stage.clock.now();
  while (stage.clock.now() < start + 30_000) {
    stage.link.hurry();
    stage.clock.advance(100);
    await settled();
    if (stage.link.state.phase === 'connecting') stage.sockets.at(-1)!.onclose?.({ code: 1006 });
    await settled();
  }
  assert.ok(stage.sockets.length - made <= 13, String(stage.sockets.length - made));
});

test('a server that answers over HTTP while no socket opens is behind something that blocks them', async () => {
  const stage = linked();
  stage.link.start();
  await refused(stage);
  assert.equal(troubleOf(stage), 'unreached');
  await refused(stage);
  assert.equal(troubleOf(stage), 'blocked');
  // Neither the next attempts nor the wait for them say anything else.
  for (let n = 0; n < 3; n += 1) {
    const before = stage.states.length;
    await refused(stage);
    for (const state of stage.states.slice(before))
      assert.equal((state as { trouble?: unknown }).trouble, 'blocked');
  }
  stage.link.nudge();
  await settled();
  stage.sockets.at(-1)!.welcomes();
  assert.equal(phaseOf(stage), 'up');
  stage.sockets.at(-1)!.onclose?.({ code: 1006 });
  assert.equal(troubleOf(stage), 'unreached');
});

test('what swallows the request, or lets a socket open and passes nothing on, blocks it too', async () => {
  const stage = linked();
  stage.link.start();
  for (const opens of [false, true]) {
    const state = stage.states.at(-1);
    if (state?.phase === 'waiting') stage.clock.advance(state.until - stage.clock.now());
    await settled();
    if (opens) stage.sockets.at(-1)!.onopen?.();
    stage.clock.advance(15_000);
    await settled();
    assert.equal(stage.sockets.at(-1)!.closed, 1000);
  }
  assert.equal(troubleOf(stage), 'blocked');
});

test('each reason for having no connection is told as it is', async () => {
  const failing = (code: 'offline' | 'timeout' | 'unavailable' | 'too_many_requests') => () =>
    Promise.reject(new ApiProblem(code, code));
  for (const [alive, code, expected] of [
    [failing('offline'), 1006, 'unreached'],
    [failing('timeout'), 1006, 'unreached'],
    [failing('unavailable'), 1006, 'unavailable'],
    [failing('too_many_requests'), 1006, 'unavailable'],
    [() => Promise.resolve(true), 1013, 'unavailable'],
    [() => Promise.resolve(false), 1006, 'over'],
    [() => Promise.reject(new ApiProblem('unauthorized', 'ended')), 1006, 'over'],
  ] as const) {
    const stage = linked({ alive });
    stage.link.start();
    // Twice, so that nothing of this is taken for a proxy.
    for (let n = 0; n < 2 && phaseOf(stage) !== 'over'; n += 1) await refused(stage, code);
    assert.equal(troubleOf(stage), expected, `${expected} ${String(code)}`);
  }
  for (const [code, expected] of [
    [1001, 'unavailable'],
    [1006, 'unreached'],
    [4408, 'unreached'],
  ] as const) {
    const stage = linked();
    (await stage.up()).onclose?.({ code });
    assert.equal(troubleOf(stage), expected, String(code));
  }
});

test('a proxy is not suspected when the server was away in between', async () => {
  let reachable = true;
  const stage = linked({
    alive: () => (reachable ? Promise.resolve(true) : Promise.reject(new ApiProblem('offline', 'gone'))),
  });
  stage.link.start();
  await refused(stage);
  reachable = false;
  await refused(stage);
  reachable = true;
  await refused(stage);
  assert.equal(troubleOf(stage), 'unreached');
});

test('a server that no longer speaks this version is not tried again', async () => {
  const stage = linked();
  stage.link.start();
  await settled();
  stage.sockets[0]!.welcomes(PROTOCOL_VERSION + 1);
  assert.equal(phaseOf(stage), 'outdated');
  assert.equal(stage.sockets[0]!.closed, 1000);
  stage.link.nudge();
  stage.link.hurry();
  stage.clock.advance(600_000);
  await settled();
  assert.equal(stage.sockets.length, 1);
});

test('after the device slept a fresh connection is made at once, without asking the old one', async () => {
  const stage = linked();
  const socket = await stage.up();
  stage.link.woke();
  await settled();
  assert.equal(socket.closed, 1000);
  assert.equal(stage.sockets.length, 2);
  assert.equal(phaseOf(stage), 'connecting');
});

test('a connection that is asked again and again has to answer the first time', async () => {
  const stage = linked();
  const socket = await stage.up();
  for (let n = 0; n < 4; n += 1) {
    stage.link.nudge();
    stage.clock.advance(3_000);
  }
  assert.equal(socket.closed, 1000);
});

test('a token is renewed in place', async () => {
  const stage = linked();
  const socket = await stage.up();
  stage.link.renewed('fresh');
  assert.deepEqual(
    socket.sent.map(({ type, payload }) => [type, payload]),
    [['auth', { token: 'fresh' }]],
  );
  assert.equal(socket.closed, undefined);
});

test('a session that is over is not tried again', async () => {
  for (const [code, alive, expected] of [
    [4403, false, { phase: 'over', why: 'deleted' }],
    [4409, false, { phase: 'over', why: 'revoked' }],
    [4401, false, { phase: 'over', why: 'expired' }],
    [4409, true, { phase: 'yielded' }],
  ] as const) {
    const stage = linked({ alive: () => Promise.resolve(alive) });
    (await stage.up()).onclose?.({ code });
    await settled();
    assert.deepEqual(stage.states.at(-1), expected);
    stage.clock.advance(600_000);
    await settled();
    assert.equal(stage.sockets.length, 1, String(code));
  }
});

test('without a token because nobody answers it waits; because the session ended it is over', async () => {
  const unreached = linked({ token: () => Promise.reject(new ApiProblem('offline', 'gone')) });
  unreached.link.start();
  await settled();
  assert.equal(phaseOf(unreached), 'waiting');
  const ended = linked({ token: () => Promise.reject(new ApiProblem('unauthorized', 'ended')) });
  ended.link.start();
  await settled();
  assert.deepEqual(ended.states.at(-1), { phase: 'over', why: 'expired' });
});
