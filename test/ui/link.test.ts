import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Link, type LinkState, type Socket } from '../../ui/net/link.ts';
import { ApiProblem } from '../../ui/net/problem.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { AT, idOf } from './sample.ts';

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A socket whose other end is the test. */
class TestSocket implements Socket {
  onopen: Socket['onopen'] = null;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
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
  welcomes(): void {
    this.onopen?.();
    this.says('welcome', {
      session_id: idOf(2),
      user_id: idOf(3),
      server_time: AT,
      heartbeat_s: 30,
      cursor: 0,
    });
  }
}

const linked = ({ alive = true, token = () => Promise.resolve('token') } = {}) => {
  const clock = new ManualClock();
  const sockets: TestSocket[] = [];
  const protocols: string[][] = [];
  const states: LinkState[] = [];
  let cursor = 0;
  const urls: string[] = [];
  const link = new Link({
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
    alive: () => Promise.resolve(alive),
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
const phaseOf = ({ states }: { states: readonly LinkState[] }) => states.at(-1)?.phase;

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
    const stage = linked({ alive });
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
