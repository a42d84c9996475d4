import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process, { execPath } from 'node:process';
import { ChatClient, freshName } from '../support/chat-client.ts';
import type { ChatSocket } from '../support/chat-socket.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../../perf/machine/free-port.ts';
import { http } from '../support/http-client.ts';
import { serverEntry } from '../support/paths.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { tempDir, type Scope } from '../support/temp-dir.ts';
import { type Fault, NotRun } from './fault.ts';
import { scoped } from './scoped.ts';

const MESSAGES = 50;
const START_MS = 20_000;
/** One lost answer, and time for another. */
const TAKEN_MS = 20_000;

/** A server whose stdout is a file on a small disk, and its data elsewhere. */
const startLogging = async (scope: Scope, file: string) => {
  const port = String(await freePort());
  const settings = {
    PATH: process.env['PATH'],
    PARLEY_PORT: port,
    PARLEY_DATA_DIR: tempDir(scope),
    PARLEY_LOG_LEVEL: 'trace',
    PARLEY_SIGNUPS_PER_HOUR: '0',
    PARLEY_SEND_RATE: '0',
    PARLEY_SHARDS: '1',
    PARLEY_TEST_FAULTS: '1',
  };
  const child = spawn('sh', ['-c', 'exec "$0" "$1" >> "$2"', execPath, serverEntry, file], {
    env: settings,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const exited = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve();
    }),
  );
  scope.after(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const place = { url: `http://127.0.0.1:${port}`, socketUrl: `ws://127.0.0.1:${port}/ws` };
  const isReady = () =>
    http('GET', `${place.url}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    );
  await eventually('the server to be ready', isReady, START_MS);
  return { place, isAlive: () => child.exitCode === null && child.signalCode === null, child };
};

/** While a thread is away the answer is `unavailable`: at once, or after 8 s for what was lost with the thread. Then the same id is
 *  sent again. */
const sayUntilTaken = async (socket: ChatSocket, ben: ChatClient, content: string): Promise<void> => {
  const id = crypto.randomUUID();
  const isTaken = async (): Promise<boolean> => {
    socket.send('message', { recipient_id: ben.id, content }, id);
    return (await socket.answerTo(id)).type === 'ack';
  };
  await eventually('a message to be taken', isTaken, TAKEN_MS);
};

const once = async (scope: Scope): Promise<void> => {
  const disk = SmallDisk.mount(scope, 1);
  if (disk === null) throw new NotRun('a tmpfs can’t be mounted: needs root and CAP_SYS_ADMIN');
  const file = join(disk.path, 'server.log');
  const { place, isAlive, child } = await startLogging(scope, file);
  const ada = await ChatClient.register(scope, place, freshName('ada'));
  const ben = await ChatClient.register(scope, place, freshName('ben'));
  const { socket } = await ada.online();
  disk.fill();
  // Lines of every thread: a shard and the writer are lost and log as they come back.
  for (const thread of ['shard:0', 'writer']) child.send({ fault: 'exit', thread });
  for (let n = 0; n < MESSAGES; n += 1) await sayUntilTaken(socket, ben, `message ${String(n)}`);
  assert.ok(isAlive(), 'ended for want of a log');
  disk.free();
  child.send({ fault: 'exit', thread: 'shard:0' });
  await eventually('the log to go on', () => readFileSync(file, 'utf8').split('thread.restarted').length > 1);
  await sayUntilTaken(socket, ben, 'after');
};

export const fullLog: Fault = {
  name: 'full-log',
  proves: 'P8 R-4 a log that can’t be written stops nothing, and goes on when it can',
  small: 1,
  full: 10,
  async run(_scope, { rounds }) {
    for (let n = 0; n < rounds; n += 1) await scoped(once);
    return { fillings: rounds, acked: rounds * (MESSAGES + 1) };
  },
};
