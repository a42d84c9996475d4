import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { test, type TestContext } from 'node:test';
import { metricsText, metricsUrl } from '../support/metrics.ts';
import { BackupSchedule } from '../../server/backup/backup-schedule.ts';
import { openArchive, writeArchive, type Part } from '../../server/backup/archive.ts';
import type { Manifest } from '../../server/backup/manifest.ts';
import type { Logger } from '../../server/runtime/log/log.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { http } from '../support/http-client.ts';
import { upload } from '../support/attach.ts';
import { ChatClient, twoPeople } from '../support/chat-client.ts';
import { commandAnswer, runCommand, type CommandRun } from '../support/operator-command.ts';
import { eventually } from '../support/eventually.ts';
import { operatorEntry } from '../support/paths.ts';
import { say } from '../support/say.ts';
import { isSample, testInExtended, testInFull } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { tempDir } from '../support/temp-dir.ts';

/** A server on which two people have talked, and a folder for backups. */
const talked = async (t: TestContext) => {
  const server = await ServerProcess.start(t);
  const [ada, ben] = await twoPeople(t, server);
  const { socket, cursor } = await ada.online();
  for (const text of ['one', 'two', 'three']) await say(socket, ben, text);
  return { server, ada, ben, socket, cursor, folder: tempDir(t) };
};

const failsWith = (run: CommandRun, code: number, words: RegExp): void => {
  assert.equal(run.code, code, run.stderr);
  assert.equal(run.stdout, '');
  assert.match(run.stderr, words);
  assert.doesNotMatch(run.stderr, /\n\s+at /);
};

const textsOf = async (me: ChatClient, peer: ChatClient): Promise<readonly string[]> => {
  const { id } = await me.conversationWith(peer);
  return (await me.history(id)).map(({ content }) => content);
};

test('[P11] [P10] a backup of a running server: proven, restored, and clients that know more begin with it', async (t) => {
  const { server, ada, ben, socket, folder } = await talked(t);
  const file = join(folder, 'b.tar');
  const made = await commandAnswer<Manifest & { bytes: number }>(server.dataDir, ['backup', file]);
  assert.deepEqual(
    [made.counts.users, made.counts.conversations, made.counts.messages, made.keys],
    [2, 1, 3, ['jwt.key', 'refresh.key']],
  );
  assert.equal(made.bytes, statSync(file).size);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(
    readdirSync(server.dataDir).filter((name) => name.startsWith('backup-copy')),
    [],
  );
  await say(socket, ben, 'after the backup');
  const { cursor } = await ada.online();
  const verified = await commandAnswer<{ restorable: boolean }>(server.dataDir, ['verify', file]);
  assert.equal(verified.restorable, true);
  assert.deepEqual(readdirSync(folder), ['b.tar']);
  await server.kill('SIGKILL');

  const restored = join(folder, 'data');
  const { history } = await commandAnswer<{ history: string }>(server.dataDir, [
    'restore',
    file,
    '--to',
    restored,
  ]);
  assert.notEqual(history, made.history);
  const second = await ServerProcess.start(t, {}, restored);
  // The same keys, so the tokens of before are good.
  const again = await ChatClient.login(t, second, ada.username);
  assert.deepEqual(await textsOf(again, ben), ['one', 'two', 'three']);
  const opened = await again.connect({ cursor, history: made.history });
  const { payload } = await opened.next('welcome');
  assert.equal(payload.reset, true);
  assert.equal(payload.history, history);
});

testInFull('[P11] a stopped server is backed up too; digests are the same', async (t) => {
  const { server, folder } = await talked(t);
  const logsOf = async (name: string): Promise<string> => {
    const archive = await openArchive(join(folder, name));
    try {
      return (await archive.read('logs.jsonl')).toString();
    } finally {
      await archive.close();
    }
  };
  await commandAnswer(server.dataDir, ['backup', join(folder, 'running.tar')]);
  await server.kill('SIGTERM');
  await commandAnswer(server.dataDir, ['backup', join(folder, 'stopped.tar')]);
  assert.equal(await logsOf('stopped.tar'), await logsOf('running.tar'));
  assert.equal((await logsOf('stopped.tar')).trim().split('\n').length, 2);
  await server.restart();
});

testInExtended(
  '[P11] what is wrong with a backup or a target is said in a sentence with a number of its own',
  async (t) => {
    const { server, folder } = await talked(t);
    const { dataDir } = server;
    const file = join(folder, 'b.tar');
    await commandAnswer(dataDir, ['backup', file]);
    failsWith(await runCommand(dataDir, ['backup', file]), 73, /is there already/);
    failsWith(
      await runCommand(dataDir, ['backup', join(folder, 'no', 'b.tar')]),
      66,
      /there is no directory/,
    );
    failsWith(await runCommand(dataDir, ['backup']), 64, /Not enough|file/);
    failsWith(await runCommand(dataDir, ['bakup', file]), 64, /backup/);
    failsWith(await runCommand(dataDir, ['verify', join(folder, 'none.tar')]), 66, /there is no file/);
    failsWith(await runCommand(dataDir, ['restore', file, '--to', dataDir]), 73, /is not empty/);
    failsWith(await runCommand(join(folder, 'empty'), ['backup', join(folder, 'c.tar')]), 78, /no database/);
    const damaged = join(folder, 'damaged.tar');
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(damaged, bytes);
    failsWith(await runCommand(dataDir, ['verify', damaged]), 65, /its checksum is wrong/);
    failsWith(await runCommand(dataDir, ['restore', damaged, '--to', join(folder, 'd')]), 65, /checksum/);
    assert.equal(existsSync(join(folder, 'd')), false);
    // As the root of a disk of its own, on which an earlier restore was broken off.
    for (const name of ['lost+found', '.parley-restore-Ab1'])
      mkdirSync(join(folder, 'e', name), { recursive: true });
    await commandAnswer(dataDir, ['restore', file, '--to', join(folder, 'e')]);
    assert.deepEqual(readdirSync(join(folder, 'e')).sort(), [
      'jwt.key',
      'lost+found',
      'parley.db',
      'refresh.key',
    ]);
    failsWith(await runCommand(dataDir, ['verify', file, '--scratch', join(folder, 'none')]), 66, /none/);
  },
);

/** The same backup with other parts, as a whole archive. */
const rewritten = async (
  file: string,
  to: string,
  change: (parts: Map<string, Buffer>) => void,
  more: readonly string[] = [],
): Promise<string> => {
  const archive = await openArchive(file);
  const parts = new Map<string, Buffer>();
  for (const name of ['manifest.json', 'jwt.key', 'refresh.key', 'logs.jsonl', 'parley.db', ...more])
    parts.set(name, await archive.read(name));
  await archive.close();
  change(parts);
  await writeArchive(
    to,
    [...parts].map(([name, content]): Part => ({ name, content })),
    0,
  );
  return to;
};

testInExtended(
  '[P11] a backup of a newer version, and one whose parts contradict each other, are refused',
  async (t) => {
    const { server, ada, folder } = await talked(t);
    const { sha256 } = await upload(ada, Buffer.from('a file'), { name: 'a.txt' });
    const attachment = `attachments/${sha256}`;
    const file = join(folder, 'b.tar');
    await commandAnswer(server.dataDir, ['backup', file]);
    const withManifest = (change: object) => (parts: Map<string, Buffer>) => {
      const manifest = JSON.parse(String(parts.get('manifest.json'))) as Manifest;
      parts.set('manifest.json', Buffer.from(JSON.stringify({ ...manifest, ...change })));
    };
    let refusals = 0;
    // In the sample one in two: by the format, by a part that is not as it must be, by a part that contradicts another.
    const refuse = async (name: string, change: (parts: Map<string, Buffer>) => void, words: RegExp) => {
      refusals += 1;
      if (isSample && refusals % 2 === 0) return;
      const path = await rewritten(file, join(folder, name), change, [attachment]);
      failsWith(await runCommand(server.dataDir, ['verify', path]), 65, words);
    };
    await refuse('format.tar', withManifest({ format: 2, program: '9.0' }), /by Parley 9\.0, which is newer/);
    await refuse('schema.tar', withManifest({ schema: 999, program: '9.0' }), /which is newer/);
    await refuse('broken.tar', withManifest({ counts: null }), /manifest\.json is not as/);
    await refuse(
      'counts.tar',
      (parts) => {
        const { counts } = JSON.parse(String(parts.get('manifest.json'))) as Manifest;
        withManifest({ counts: { ...counts, messages: 4 } })(parts);
      },
      /does not hold the messages/,
    );
    await refuse(
      'logs.tar',
      (parts) => {
        const other = createHash('sha256').digest('hex');
        parts.set('logs.jsonl', Buffer.from(String(parts.get('logs.jsonl')).replace(/[\da-f]{64}/, other)));
      },
      /the log of a user/,
    );
    await refuse('lost.tar', (parts) => parts.delete('parley.db'), /it has no parley\.db/);
    refusals = 0;
    await refuse('file.tar', (parts) => parts.delete(attachment), /it has no attachments\/[\da-f]{64}/);
    await refuse(
      'bytes.tar',
      (parts) => parts.set(attachment, Buffer.from('a fild')),
      /it has other bytes for the attachment [\da-f-]+ \("a\.txt"\)/,
    );
    await refuse(
      'more.tar',
      (parts) => parts.set(`attachments/${'0'.repeat(64)}`, Buffer.from('more')),
      /files of attachments that its database does not name/,
    );
    await refuse('none.tar', withManifest({ attachments: undefined }), /does not hold the attachments/);
  },
);

testInExtended(
  '[P11] [P9] where the disk has no room for a copy, a backup is refused and nothing is left behind',
  async (t) => {
    const disk = SmallDisk.mount(t, 8);
    if (disk === null) {
      t.skip('not run: this machine allows no mounts');
      return;
    }
    const server = await ServerProcess.start(t, {}, disk.path);
    const file = join(tempDir(t), 'b.tar');
    failsWith(
      await runCommand(server.dataDir, ['backup', file]),
      1,
      /needs a copy of the database .* MB are free/,
    );
    assert.equal(existsSync(file), false);
    const [ada, ben] = await twoPeople(t, server);
    const { socket } = await ada.online();
    await say(socket, ben, 'still here');
  },
);

testInExtended('[P11] /readyz and a metric say when the last proven backup was made', async (t) => {
  const dir = tempDir(t);
  const checkOf = async (settings: Readonly<Record<string, string>>) => {
    const server = await ServerProcess.start(t, { PARLEY_METRICS_PORT: '0', ...settings });
    const answer = await http('GET', `${server.url}/readyz`);
    assert.equal(answer.status, 200);
    return {
      check: answer.json<{ checks: { backup: string } }>().checks.backup,
      metrics: await metricsText(await metricsUrl(server)),
    };
  };
  assert.equal((await checkOf({})).check, 'off');
  assert.equal((await checkOf({ PARLEY_BACKUP_DIR: dir })).check, 'never');
  writeFileSync(join(dir, 'parley-2026-11-29T02-30-00Z.tar'), '');
  const { check, metrics } = await checkOf({ PARLEY_BACKUP_DIR: dir });
  assert.equal(check, '2026-11-29T02:30:00.000Z');
  assert.match(metrics, /^parley_backup_last_proven_timestamp_seconds 1795919400$/m);
});

testInExtended(
  '[P11] a scheduled backup of a running server, made and proven by the real commands',
  async (t) => {
    const { server, folder } = await talked(t);
    const clock = new ManualClock(Date.now());
    const proven = new Promise<void>((resolve, reject) => {
      const log = {
        info: () => {
          resolve();
        },
        error: (fields: object) => {
          reject(new Error(JSON.stringify(fields)));
        },
      } as unknown as Logger;
      const schedule = new BackupSchedule({
        ...{ dir: folder, everyMs: 60_000, keep: 2, clock, log },
        run: (args) => runCommand(server.dataDir, args),
      });
      t.after(() => {
        schedule.stop();
      });
      schedule.start();
      clock.advance(30_000);
    });
    await proven;
    const [name = ''] = readdirSync(folder);
    assert.match(name, /^parley-[\dTZ-]+\.tar$/);
    await commandAnswer(server.dataDir, ['restore', join(folder, name), '--to', join(folder, 'data')]);
  },
);

testInExtended(
  '[P11] a backup on which no server starts is not proven, and that is said at once',
  async (t) => {
    const { server, folder } = await talked(t);
    const file = join(folder, 'b.tar');
    await commandAnswer(server.dataDir, ['backup', file]);
    const run = await runCommand(server.dataDir, ['verify', file], { PARLEY_JWT_SECRET: 'short' });
    failsWith(run, 65, /a server does not start on what .* holds: PARLEY_JWT_SECRET must/);
    assert.deepEqual(readdirSync(folder), ['b.tar']);
  },
);

testInExtended('[P11] a command that is interrupted leaves nothing behind', async (t) => {
  const { server, folder } = await talked(t);
  const file = join(folder, 'b.tar');
  await commandAnswer(server.dataDir, ['backup', file]);
  const env = { PATH: process.env['PATH'], PARLEY_DATA_DIR: server.dataDir };
  const verify = spawn(process.execPath, [operatorEntry, 'verify', file], { env, stdio: 'ignore' });
  const ended = once(verify, 'exit');
  await eventually('the restored data', () =>
    readdirSync(folder).some((name) => name.startsWith('.parley-verify')),
  );
  verify.kill('SIGINT');
  assert.deepEqual(await ended, [130, null]);
  assert.deepEqual(readdirSync(folder), ['b.tar']);
});
