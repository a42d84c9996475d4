import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Manifest } from '../../server/backup/manifest.ts';
import { sayWith, upload } from '../support/attach.ts';
import { expectStatus, twoPeople, type ChatClient } from '../support/chat-client.ts';
import { commandAnswer, runCommand, type CommandRun } from '../support/operator-command.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';

const failsWith = (run: CommandRun, code: number, words: RegExp): void => {
  assert.equal(run.code, code, run.stderr);
  assert.match(run.stderr, words);
};

const bytesOf = async (client: ChatClient, id: string): Promise<Buffer> =>
  expectStatus(await client.http('GET', `/attachments/${id}`), 200).bytes;

test('[P11] [G5] a backup has the files of attachments, and is none if one of them is lost', async (t) => {
  const server = await ServerProcess.start(t);
  const [ada, ben] = await twoPeople(t, server);
  const { socket } = await ada.online();
  const folder = tempDir(t);
  const [photo, empty] = [randomBytes(700_000), Buffer.alloc(0)];
  const sent = [await upload(ada, photo), await upload(ada, empty), await upload(ada, photo)];
  await sayWith(
    socket,
    ben,
    sent.map(({ id }) => id),
  );
  const unsent = await upload(ben, Buffer.from('not sent'));
  const file = join(folder, 'b.tar');
  const made = await commandAnswer<Manifest>(server.dataDir, ['backup', file]);
  assert.deepEqual([made.counts.attachments, made.attachments], [4, { files: 3, bytes: 700_008 }]);
  await commandAnswer(server.dataDir, ['verify', file]);
  const flipped = readFileSync(file);
  const at = flipped.indexOf(photo.subarray(1_000, 1_100));
  assert.ok(at > 0);
  flipped[at] = (flipped[at] ?? 0) ^ 1;
  writeFileSync(join(folder, 'flipped.tar'), flipped);
  failsWith(
    await runCommand(server.dataDir, ['verify', join(folder, 'flipped.tar')]),
    65,
    /checksum is wrong/,
  );
  await server.kill('SIGKILL');
  const restored = join(folder, 'data');
  await commandAnswer(server.dataDir, ['restore', file, '--to', restored]);
  const second = await ServerProcess.start(t, {}, restored);
  const [ada2, ben2] = [ada.at(second), ben.at(second)];
  assert.deepEqual(
    await Promise.all([...sent.map(({ id }) => bytesOf(ben2, id)), bytesOf(ben2, unsent.id)]),
    [photo, empty, photo, Buffer.from('not sent')],
  );
  const again = await ada2.online();
  await sayWith(again.socket, ben, [(await upload(ada2, Buffer.from('after the restore'))).id]);

  const { sha256 } = sent[0] ?? { sha256: '' };
  rmSync(join(restored, 'attachments', sha256.slice(0, 2), sha256));
  const lost = join(folder, 'lost.tar');
  for (const args of [
    ['backup', lost],
    ['export', lost],
  ]) {
    failsWith(
      await runCommand(restored, args),
      65,
      new RegExp(`damaged: .*the attachment (${sent[0]?.id ?? ''}|${sent[2]?.id ?? ''}) \\("file.bin"\\)`),
    );
    assert.ok(!existsSync(lost));
  }
  assert.deepEqual(
    readdirSync(restored).filter((name) => name.startsWith('backup-copy')),
    [],
  );
});
