import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { refuseExisting } from '../backup/archive.ts';
import { makeBackup, type BackupMade } from '../backup/make-backup.ts';
import { BackupError } from '../backup/backup-error.ts';
import { restoreBackup } from '../backup/restore-backup.ts';
import { verifyBackup } from '../backup/verify-backup.ts';
import type { Config } from '../config/config.ts';
import { auditOf } from '../operator/operator.ts';
import { systemClock } from '../runtime/clock.ts';
import { systemIds } from '../runtime/ids.ts';
import { databaseName } from '../storage/postgres/connection-options.ts';
import { connectionOf } from '../storage/stores/location.ts';
import { copyPostgres, restoreIntoPostgres } from '../transfer/postgres-backup.ts';
import { command } from './command.ts';
import { UsageError } from './exit-codes.ts';
import { bytesText, countText, durationText, type CommandOutput } from './output.ts';
import { accountName, inDataDir, openSession, type CommandSession } from './session.ts';

const contentText = ({ manifest }: Pick<BackupMade, 'manifest'>): string => {
  const { users, conversations, messages, attachments = 0 } = manifest.counts;
  return [
    countText(users, 'user'),
    countText(conversations, 'conversation'),
    countText(messages, 'message'),
    ...(attachments === 0 ? [] : [countText(attachments, 'attachment')]),
  ].join(', ');
};

const DATABASE_URL = /^postgres(ql)?:\/\//;

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
  const { dataDir, config } = session;
  return inDataDir(session, async (folder) => {
    const { file, longest_step_ms } = await session.ask('backup.copy', { folder: basename(folder) });
    const connection = () => connectionOf(config.database?.url ?? '', 'PARLEY_DATABASE_URL');
    const copy = file ?? (await copyPostgres(connection(), { dataDir, folder }));
    return { ...(await makeBackup(path, { copy, dataDir, madeAt })), longest_step_ms };
  });
};

export const backupCommand = command({
  name: 'backup <file>',
  describe: 'Make a complete backup in one file, while the server runs',
  options: (argv) => argv.positional('file', { type: 'string', demandOption: true, describe: 'A new file' }),
  async run({ file }, output) {
    // Whoever means the scheduled ones would get a backup under that name.
    if (file === 'list' || file === 'start')
      throw new UsageError(`parley backups ${file} is about scheduled backups. For a file: ./${file}`);
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
          longest_step_ms: backup.longest_step_ms,
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
  describe: 'Make a data directory from a backup, or fill an empty PostgreSQL database with it',
  options: (argv) =>
    argv.positional('file', { type: 'string', demandOption: true, describe: 'A backup' }).option('to', {
      type: 'string',
      demandOption: true,
      describe: 'The data directory to make, new or empty, or the URL of an empty PostgreSQL database',
    }),
  async run({ file, to }, output) {
    const started = systemClock.monotonic();
    const audit = auditOf({ account: accountName() });
    const isDatabase = DATABASE_URL.test(to);
    const connection = isDatabase ? connectionOf(to, '--to') : null;
    const restored =
      connection === null
        ? await restoreBackup(resolve(file), resolve(to), audit)
        : await restoreIntoPostgres(resolve(file), connection, { audit, ids: systemIds });
    const ms = systemClock.monotonic() - started;
    const { manifest, history } = restored;
    const place = connection === null ? resolve(to) : databaseName(connection);
    output.result(
      { ...(isDatabase ? { database: place } : { directory: place }), ms, ...manifest, history },
      `${place}: ${contentText(restored)}, as of ${manifest.made_at}, in ${durationText(ms)}`,
    );
    output.note(
      isDatabase
        ? 'Start the servers with PARLEY_DATABASE_URL, and with the PARLEY_JWT_SECRET and PARLEY_REFRESH_SECRET of before: with others, everybody has to log in again.'
        : `Start the server with PARLEY_DATA_DIR=${place}.`,
    );
    output.note('Clients that have seen more than the backup holds drop what they cached and begin with it.');
  },
});
