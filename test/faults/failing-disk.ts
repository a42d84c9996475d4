import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE_FILE } from '../../server/storage/sqlite/open.ts';
import { ChatClient, expectStatus, freshName } from '../support/chat-client.ts';
import type { ChatSocket } from '../support/chat-socket.ts';
import { assertIntact } from '../crash/check.ts';
import { http } from '../support/http-client.ts';
import { say } from '../support/say.ts';
import { failedStart, ServerProcess } from '../support/server-process.ts';
import { makeDir, removeDir, type Scope } from '../support/temp-dir.ts';
import { Ext4Disk } from './ext4-disk.ts';
import type { Fault, FaultOptions } from './fault.ts';
import { scoped } from './scoped.ts';

type Failure = 'read-only' | 'EIO' | 'ENOENT';
const FAILURES: readonly Failure[] = ['read-only', 'EIO', 'ENOENT'];
const TRIES = 12;

const strike = (failure: Failure, disk: Ext4Disk, folder: string): void => {
  if (failure === 'EIO') disk.cut();
  else if (failure === 'ENOENT') renameSync(folder, `${folder}.gone`);
  else disk.failReadOnly();
};

/** What may happen while it lasts: an ack that is true, or `unavailable`; never anything else, and never an end. */
const tryWrites = async (socket: ChatSocket, ben: ChatClient): Promise<readonly string[]> => {
  const acked: string[] = [];
  for (let n = 0; n < TRIES; n += 1) {
    const id = crypto.randomUUID();
    socket.send('message', { recipient_id: ben.id, content: `late ${String(n)}` }, id);
    const answer = await socket.answerTo(id);
    if (answer.type === 'ack') acked.push(id);
    else assert.equal(answer.payload.code, 'unavailable');
  }
  return acked;
};

const once = async (scope: Scope, failure: Failure, { random }: FaultOptions): Promise<number> => {
  const disk = Ext4Disk.make(scope, 64);
  const folder = join(disk.path, 'data');
  mkdirSync(folder);
  const server = await ServerProcess.start(scope, { PARLEY_SHARDS: '1' }, folder);
  const ada = await ChatClient.register(scope, server, freshName('ada'));
  const ben = await ChatClient.register(scope, server, freshName('ben'));
  const { socket } = await ada.online();
  const acked: string[] = [];
  for (let n = random.between(5, 40); n > 0; n -= 1)
    acked.push((await say(socket, ben, `before ${String(n)}`)).payload.message_id);
  strike(failure, disk, folder);
  acked.push(...(await tryWrites(socket, ben)));
  if (failure === 'EIO') {
    expectStatus(await http('GET', `${server.url}/readyz`), 503);
    // Out of a cache, or not now, or as damage: what such a disk gives back need not be what was stored.
    const { status } = await ada.http('GET', '/conversations');
    assert.ok([200, 500, 503].includes(status), String(status));
  }
  expectStatus(await http('GET', `${server.url}/healthz`), 200);
  await server.kill('SIGKILL');
  if (failure !== 'ENOENT') await disk.restore();
  if (failure === 'read-only') {
    disk.remount('ro');
    const { code, output } = await failedStart(scope, { PARLEY_DATA_DIR: folder });
    assert.equal(code, 74, output);
    assert.match(output, /can't be (written|opened for writing)/);
    disk.remount('rw');
  } else if (failure === 'ENOENT') renameSync(`${folder}.gone`, folder);
  assertIntact(folder, DATABASE_FILE);
  await server.restart();
  const { id } = await ada.conversationWith(ben);
  assert.deepEqual(
    (await ben.history(id)).map(({ message_id }) => message_id),
    acked,
  );
  return acked.length;
};

/** A place where no folder can be made: one line that names the variable, exit code 78. */
const checkNowhere = async (scope: Scope): Promise<void> => {
  const file = join(makeDir(), 'a-file');
  scope.after(() => {
    removeDir(join(file, '..'));
  });
  execFileSync('touch', [file]);
  const { code, output } = await failedStart(scope, { PARLEY_DATA_DIR: join(file, 'data') });
  assert.equal(code, 78, output);
  assert.doesNotMatch(output, /\n\s+at /, 'a sentence, no stack');
};

export const failingDisk: Fault = {
  name: 'failing-disk',
  proves: 'P1 R-5 read-only, EIO, ENOENT: never a false ack, never an end, exit code 74 or 78 at the start',
  small: 3,
  full: 60,
  async run(scope, options) {
    let acked = 0;
    await checkNowhere(scope);
    for (let n = 0; n < options.rounds; n += 1) {
      const failure = FAILURES[n % FAILURES.length] ?? 'EIO';
      acked += await scoped((own) => once(own, failure, options));
      options.say(`failing-disk ${String(n + 1)}: ${failure}`);
    }
    return { failures: options.rounds, acked, lost: 0 };
  },
};
