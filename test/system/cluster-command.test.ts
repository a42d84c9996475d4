import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath, kill } from 'node:process';
import type { TestContext } from 'node:test';
import { ChatClient, freshName, type Place } from '../support/chat-client.ts';
import { within } from '../support/deadline.ts';
import { eventually } from '../support/eventually.ts';
import { repositoryRoot } from '../support/paths.ts';
import { withoutOwnPostgres as skip } from '../support/postgres-missing.ts';
import { say } from '../support/say.ts';
import { testInExtended } from '../support/scale.ts';
import { tempDir } from '../support/temp-dir.ts';

/** What the command needs may have to be built first. */
const START_MS = 180_000;
const STOP_MS = 20_000;

interface Started {
  readonly child: ChildProcess;
  /** Where everything lies that it makes. */
  readonly folder: string;
  readonly place: Place;
  /** Of the hosts. */
  readonly pids: readonly number[];
  output(): string;
}

const launch = (t: TestContext, program: string, args: readonly string[]) => {
  const folder = tempDir(t);
  const child = spawn(program, args, {
    cwd: repositoryRoot,
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  t.after(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  return { child, folder, ended, output: (): string => said };
};

const started = async (t: TestContext, program: string, args: readonly string[]): Promise<Started> => {
  const { child, folder, output } = launch(t, program, args);
  await eventually(
    'the cluster to run',
    () => {
      if (child.exitCode !== null) throw new Error(`it has ended:\n${output()}`);
      return output().includes('Ctrl-C stops everything');
    },
    START_MS,
  );
  const url = /Open (\S+) in/.exec(output())?.[1] ?? '';
  const pids = [...output().matchAll(/host-\d: \S+, process (\d+)/g)].map(([, pid]) => Number(pid));
  const place = { url, socketUrl: `${url.replace('http', 'ws')}/ws` };
  return { child, folder, place, pids, output };
};

const COMMAND = [join(repositoryRoot, 'scripts/run.mjs'), 'cluster', '--port', '0'];

/** A process that has ended and was not waited for is gone too. */
const isAlive = (pid: number): boolean => {
  try {
    kill(pid, 0);
    const status = `/proc/${String(pid)}/status`;
    return !existsSync(status) || !/^State:\tZ/m.test(readFileSync(status, 'utf8'));
  } catch {
    return false;
  }
};

const allGone = async ({ pids, folder }: Started): Promise<void> => {
  await eventually(
    'all to be ended and removed',
    () => !pids.some(isAlive) && readdirSync(folder).length === 0,
    STOP_MS,
  );
};

testInExtended(
  'npm run cluster: people chat through it, a host dies, and Ctrl-C leaves nothing',
  { skip },
  async (t) => {
    const cluster = await started(t, execPath, [...COMMAND, '--hosts', '3', '--balancer', 'none']);
    assert.equal(cluster.pids.length, 3);
    const [ada, ben] = await Promise.all(
      ['ada', 'ben'].map((name) => ChatClient.register(t, cluster.place, freshName(name))),
    );
    assert.ok(ada !== undefined && ben !== undefined);
    // The hosts take turns, so each has one of them.
    const sockets = [await ben.online(), await ben.online(), await ben.online()];
    const { socket } = await ada.online();
    await say(socket, ben, 'to whichever host');
    for (const each of sockets)
      assert.equal((await each.socket.next('message')).payload.content, 'to whichever host');
    kill(cluster.pids[0] ?? 0, 'SIGKILL');
    await eventually('that to be told', () => cluster.output().includes('host-1 has ended (SIGKILL)'));
    for (let i = 0; i < 3; i += 1) await ada.get('/users/me');
    cluster.child.kill('SIGINT');
    await allGone(cluster);
  },
);

testInExtended('npm run cluster: nothing is left when whoever started it dies', { skip }, async (t) => {
  // A shell starts it, and is killed.
  const shell = '"$@" & wait';
  const args = ['-c', shell, 'sh', execPath, ...COMMAND, '--hosts', '2', '--broker', 'none'];
  const cluster = await started(t, 'sh', args);
  cluster.child.kill('SIGKILL');
  await allGone(cluster);
});

testInExtended('npm run cluster: a wrong option is refused in one sentence', { skip }, async (t) => {
  for (const [args, sentence] of [
    [['--hosts', '99'], /--hosts is 99: give a number from 1 to 8\./],
    [['--broker', 'kafka'], /--broker is kafka: choose of postgres, nats, redis, none\./],
    [['--colour', 'red'], /Unknown option '--colour'/],
  ] as const) {
    const { ended, output } = launch(t, execPath, [...COMMAND, ...args]);
    assert.equal(await within(START_MS, 'it to end', ended), 1);
    assert.match(output(), sentence);
    assert.doesNotMatch(output(), /\n {4}at /);
  }
});
