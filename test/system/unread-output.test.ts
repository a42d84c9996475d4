import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { test } from 'node:test';
import { ChatClient, expectStatus, freshName, twoPeople } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../../perf/machine/free-port.ts';
import { http } from '../support/http-client.ts';
import { figureOf } from '../support/metrics.ts';
import { serverEntry } from '../support/paths.ts';
import { say } from '../support/say.ts';
import { scaled, testInFull } from '../support/scale.ts';
import type { Exit } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { UnreadServer, type OutputKind } from '../support/unread-server.ts';

/** A refused request leaves a line of some 150 bytes: far more than a pipe holds (64 KiB), a socket's buffers (some 200 KiB), and
 *  what the server keeps (1 MiB). */
const REFUSALS = 12_000;
const AT_ONCE = 20;
/** Whether SIGTERM or the last words wait for a reader shows with a full pipe; in the sample it is full a few times over. */
const TO_FILL = scaled({ sample: 2_000, full: REFUSALS });

/** Anonymous requests, each refused; resolves when all are answered. */
const refusals = async (url: string, count: number): Promise<void> => {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let left = count;
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const sent = request(`${url}/users/me`, { agent, timeout: 10_000 }, (response) => {
        assert.equal(response.statusCode, 401);
        response.resume().once('end', resolve);
      });
      sent.on('timeout', () => sent.destroy(new Error('no answer within 10 s')));
      sent.on('error', reject).end();
    });
  const lane = async (): Promise<void> => {
    while ((left -= 1) >= 0) await one();
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  } finally {
    agent.destroy();
  }
};

/** A thread that dies until the server gives up. */
const killed = async (server: UnreadServer): Promise<Exit> => {
  await eventually('the server to give up', () => {
    if (server.isAlive) server.order({ thread: 'shard:0', fault: 'exit' });
    return !server.isAlive;
  });
  return await server.end();
};

const KINDS: readonly OutputKind[] = ['pipe', 'socket', 'terminal'];
for (const kind of KINDS) {
  (kind === 'pipe' ? test : testInFull)(
    `[P8] [P9] [X1] nobody waits for a log that nobody reads: a ${kind}`,
    async (t) => {
      if (kind === 'terminal' && spawnSync('script', ['--version']).status !== 0) {
        t.skip('util-linux’s `script`, which holds a terminal, is not installed');
        return;
      }
      const metricsPort = String(await freePort());
      const server = await UnreadServer.start(t, kind, { PARLEY_METRICS_PORT: metricsPort });
      const [ada, ben] = await twoPeople(t, server);
      const [a, b] = await Promise.all([ada.online(), ben.online()]);
      await refusals(server.url, REFUSALS);

      expectStatus(await http('GET', `${server.url}/healthz`), 200);
      expectStatus(await http('GET', `${server.url}/readyz`), 200);
      const { payload } = await say(a.socket, ben, 'as before');
      assert.equal((await b.socket.next('message')).payload.message_id, payload.message_id);
      b.socket.send('ack', { message_id: payload.message_id, status: 'read' });
      await a.socket.next('ack', (frame) => frame.payload.status === 'read');
      const cleo = await ChatClient.register(t, server, freshName('cleo'));
      await ChatClient.login(t, server, cleo.username);
      await cleo.online();

      const figure = (name: string) => figureOf(`http://127.0.0.1:${metricsPort}/metrics`, name);
      const dropped = await figure('parley_log_lines_dropped_total');
      assert.ok(dropped > 0);
      assert.ok((await figure('parley_log_waiting_bytes')) > 1_000_000);

      // Nobody has read a byte until here: what comes out are the last lines, this one too.
      const dora = await ChatClient.register(t, server, freshName('dora'));
      const linesOf = (message: string) => server.lines().filter(({ msg }) => msg === message);
      await eventually('the last line to be read', () =>
        linesOf('auth.register').some(({ userId }) => userId === dora.id),
      );
      const told = linesOf('log.lines-dropped');
      assert.equal(told.length, 1, 'one line says what is missing');
      const [read, missing] = [linesOf('auth.refused').length, Number(told[0]?.['lines'])];
      assert.ok(
        read < REFUSALS && missing >= dropped && read + missing >= REFUSALS,
        `${String(read)} ${String(missing)}`,
      );

      server.signal('SIGTERM');
      assert.deepEqual(await server.end(), { code: 0, signal: null });
    },
  );
}

test('[P8] [X1] an output that nobody reads holds up neither SIGTERM nor the end after too many deaths', async (t) => {
  const stopped = await UnreadServer.start(t, 'pipe');
  await refusals(stopped.url, TO_FILL);
  stopped.signal('SIGTERM');
  assert.deepEqual(await stopped.end(), { code: 0, signal: null });

  const given = await UnreadServer.start(t, 'pipe', { PARLEY_TEST_FAULTS: '1' });
  await refusals(given.url, TO_FILL);
  assert.deepEqual(await killed(given), { code: 70, signal: null });
});

test('[X1] the last words of a server that gives up are there for whoever reads them', async (t) => {
  const server = await UnreadServer.start(t, 'pipe', { PARLEY_TEST_FAULTS: '1' });
  assert.deepEqual(await killed(server), { code: 70, signal: null });
  const last = server.lines().at(-1);
  assert.deepEqual([last?.msg, last?.['level'], last?.['reason']], ['refused', 60, 'shard:0 died too often']);
});

test('[X1] a file has the last words too', (t) => {
  const dir = tempDir(t);
  const file = join(dir, 'log');
  const { status } = spawnSync('sh', ['-c', `exec ${execPath} ${serverEntry} > ${file} 2>&1`], {
    env: { PARLEY_DATA_DIR: dir, PARLEY_HOST: '203.0.113.9', PARLEY_PORT: '0' },
  });
  assert.equal(status, 78);
  const text = readFileSync(file, 'utf8');
  assert.match(text, /"msg":"refused"/);
  assert.match(text, /^Parley can't run: PARLEY_HOST: /m);
});
