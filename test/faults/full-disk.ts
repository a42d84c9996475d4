import assert from 'node:assert/strict';
import { ChatClient, expectStatus, freshName, PASSWORD } from '../support/chat-client.ts';
import type { ChatSocket } from '../support/chat-socket.ts';
import { eventually } from '../support/eventually.ts';
import { http } from '../support/http-client.ts';
import { say } from '../support/say.ts';
import { ServerProcess } from '../support/server-process.ts';
import { SmallDisk } from '../support/small-disk.ts';
import type { Scope } from '../support/temp-dir.ts';
import type { Fault, FaultOptions } from './fault.ts';
import { NotRun } from './fault.ts';
import { scoped } from './scoped.ts';

const RECOVERS_MS = 5_000;
const REFUSALS = 5;

interface Stage {
  readonly server: ServerProcess;
  readonly disk: SmallDisk;
  readonly ada: ChatClient;
  readonly ben: ChatClient;
  readonly socket: ChatSocket;
}

/** Sends until the disk refuses some; what still fits may be taken, so what counts is that each answer is true. */
const fillUp = async ({ disk, ben, socket }: Stage, acked: string[], length: number): Promise<string[]> => {
  disk.fill();
  const refused: string[] = [];
  for (let n = 0; n < 400 && refused.length < REFUSALS; n += 1) {
    const id = crypto.randomUUID();
    socket.send('message', { recipient_id: ben.id, content: 'x'.repeat(length) }, id);
    const answer = await socket.answerTo(id);
    if (answer.type === 'ack') acked.push(id);
    else {
      assert.equal(answer.payload.code, 'unavailable');
      refused.push(id);
    }
  }
  assert.equal(refused.length, REFUSALS, 'the disk is full');
  return refused;
};

const checkRefusing = async (
  { server, ben }: Stage,
  conversationId: string,
  acked: number,
): Promise<void> => {
  expectStatus(await http('GET', `${server.url}/readyz`), 503);
  const body = { username: freshName('late'), password: PASSWORD };
  expectStatus(await http('POST', `${server.url}/auth/register`, { body }), 503);
  assert.equal((await ben.history(conversationId)).length, acked, 'all that was acknowledged, and no more');
  const found = await ben.get<{ messages: unknown[] }>('/search?q=before&type=messages');
  assert.ok(found.messages.length > 0, 'search goes on');
};

const once = async (scope: Scope, { random }: FaultOptions): Promise<{ acked: number; backMs: number }> => {
  const disk = SmallDisk.mount(scope, 8);
  if (disk === null) throw new NotRun('a tmpfs can’t be mounted: needs root and CAP_SYS_ADMIN');
  const server = await ServerProcess.start(scope, {}, disk.path);
  const ada = await ChatClient.register(scope, server, freshName('ada'));
  const ben = await ChatClient.register(scope, server, freshName('ben'));
  const { socket } = await ada.online();
  const acked: string[] = [];
  for (let n = random.between(3, 30); n > 0; n -= 1)
    acked.push((await say(socket, ben, `before ${String(n)}`)).payload.message_id);
  const { id } = await ada.conversationWith(ben);
  const stage = { server, disk, ada, ben, socket };
  const refused = await fillUp(stage, acked, random.pick([400, 2_000, 4_000]));
  await checkRefusing(stage, id, acked.length);
  disk.free();
  const freed = performance.now();
  const ready = async () => (await http('GET', `${server.url}/readyz`)).status === 200;
  await eventually('the server to be ready by itself', ready, RECOVERS_MS);
  const backMs = performance.now() - freed;
  for (const message of refused) {
    socket.send('message', { recipient_id: ben.id, content: 'again' }, message);
    assert.equal((await socket.answerTo(message)).type, 'ack');
    acked.push(message);
  }
  await server.kill('SIGKILL');
  await server.restart();
  const stored = (await ben.history(id)).map(({ message_id }) => message_id);
  assert.deepEqual(stored, acked);
  return { acked: acked.length, backMs };
};

export const fullDisk: Fault = {
  name: 'full-disk',
  proves: 'P1 R-4 no false ack, reads and search go on, it recovers by itself within 5 s',
  small: 1,
  full: 20,
  async run(_scope, options) {
    let [acked, slowestMs] = [0, 0];
    for (let n = 0; n < options.rounds; n += 1) {
      const round = await scoped((scope) => once(scope, options));
      acked += round.acked;
      slowestMs = Math.max(slowestMs, Math.round(round.backMs));
    }
    return {
      fillings: options.rounds,
      acked,
      refused: options.rounds * REFUSALS,
      'slowest recovery ms': slowestMs,
    };
  },
};
