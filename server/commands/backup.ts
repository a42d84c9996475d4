import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { refuseExisting } from '../backup/archive.ts';
import { makeBackup, type BackupMade } from '../backup/make-backup.ts';
import { BackupError } from '../backup/backup-error.ts';
import { restoreBackup } from '../backup/restore-backup.ts';
import { removingAfterwards } from '../backup/temporary.ts';
import { verifyBackup } from '../backup/verify-backup.ts';
import type { Config } from '../config/config.ts';
import { auditOf } from '../operator/operator.ts';
import { systemClock } from '../runtime/clock.ts';
import { command } from './command.ts';
import { bytesText, countText, durationText, type CommandOutput } from './output.ts';
import { accountName, openSession, type CommandSession } from './session.ts';

const contentText = ({ manifest }: Pick<BackupMade, 'manifest'>): string => {
  const { users, conversations, messages } = manifest.counts;
  return [
    countText(users, 'user'),
    countText(conversations, 'conversation'),
    countText(messages, 'message'),
  ].join(', ');
};

/** The keys that the operator keeps are in no backup. */
const noteKeys = ({ jwtSecret, refreshSecret }: Config, output: CommandOutput): void => {
  const given = [
    ...(jwtSecret === null ? [] : ['PARLEY_JWT_SECRET']),
    ...(refreshSecret === null ? [] : ['PARLEY_REFRESH_SECRET']),
  ];
  if (given.length > 0) output.note(`${given.join(' and ')} are not in it: keep them yourself.`);
};

const made = async (path: string, session: CommandSession) => {
  // Before the copy, which may take minutes.
  await refuseExisting(path);
  if (!existsSync(dirname(path))) throw new BackupError('missing', `there is no directory ${dirname(path)}`);
  const madeAt = systemClock.now();
  const copy = await session.ask('backup.copy', {});
  return removingAfterwards(dirname(copy.file), async () => {
    const { dataDir } = session;
    return { copy, ...(await makeBackup(path, { copy: copy.file, dataDir, madeAt })) };
  });
};

export const backupCommand = command({
  name: 'backup <file>',
  describe: 'Make a complete backup in one file, while the server runs',
  options: (argv) => argv.positional('file', { type: 'string', demandOption: true, describe: 'A new file' }),
  async run({ file }, output) {
    const path = resolve(file);
    const session = openSession();
    const started = systemClock.monotonic();
    try {
      const backup = await made(path, session);
      const ms = systemClock.monotonic() - started;
      output.result(
        {
          file: path,
          bytes: backup.bytes,
          ms,
          longest_step_ms: backup.copy.longest_step_ms,
          ...backup.manifest,
        },
        `${path}: ${bytesText(backup.bytes)}, ${contentText(backup)}, in ${durationText(ms)}`,
      );
      noteKeys(session.config, output);
      output.note('Prove that it can be restored with: parley verify FILE');
    } finally {
      await session.close();
    }
  },
});

export const verifyCommand = command({
  name: 'verify <file>',
  describe: 'Prove that a backup can be restored: restore it aside, compare it, and start a server on it',
  options: (argv) =>
    argv.positional('file', { type: 'string', demandOption: true, describe: 'A backup' }).option('scratch', {
      type: 'string',
      describe: 'A directory with room for the restored data. Default: the one of the backup',
    }),
  async run({ file, scratch }, output) {
    const path = resolve(file);
    const verified = await verifyBackup(path, resolve(scratch ?? dirname(path)));
    const { restoreMs, startMs, manifest } = verified;
    output.result(
      { file: path, restorable: true, restore_ms: restoreMs, start_ms: startMs, ...manifest },
      `${path} can be restored: ${contentText(verified)}, made ${manifest.made_at} by Parley ${manifest.program}. ` +
        `Restoring takes ${durationText(restoreMs)}, and a server starts on it in ${durationText(startMs)}.`,
    );
  },
});

export const restoreCommand = command({
  name: 'restore <file>',
  describe: 'Make a data directory from a backup',
  options: (argv) =>
    argv.positional('file', { type: 'string', demandOption: true, describe: 'A backup' }).option('to', {
      type: 'string',
      demandOption: true,
      describe: 'The data directory to make. It must be new or empty',
    }),
  async run({ file, to }, output) {
    const started = systemClock.monotonic();
    const restored = await restoreBackup(resolve(file), resolve(to), auditOf({ account: accountName() }));
    const ms = systemClock.monotonic() - started;
    const { manifest, history } = restored;
    output.result(
      { directory: resolve(to), ms, ...manifest, history },
      `${resolve(to)}: ${contentText(restored)}, as of ${manifest.made_at}, in ${durationText(ms)}`,
    );
    output.note(
      `Start the server with PARLEY_DATA_DIR=${resolve(to)}. Clients that have seen more than the backup holds ` +
        'drop what they cached and begin with it.',
    );
  },
});
