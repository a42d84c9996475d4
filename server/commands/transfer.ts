import { resolve } from 'node:path';
import { systemClock } from '../runtime/clock.ts';
import { systemIds } from '../runtime/ids.ts';
import { makeDataDir } from '../storage/data-dir/data-dir.ts';
import { connectionOf } from '../storage/stores/location.ts';
import type { ExportSummary } from '../storage/transfer/export-digest.ts';
import { CHAT_FORMATS } from '../transfer/chats/import-chats.ts';
import { importIntoPostgres, importIntoSqlite, moveToPostgres, moveToSqlite } from '../transfer/move.ts';
import { refuseTarget, writeExport } from '../transfer/transfer-files.ts';
import { command } from './command.ts';
import { UsageError } from './exit-codes.ts';
import { runImportChats } from './import-chats.ts';
import { lockStopped } from './lock-stopped.ts';
import { bytesText, countText, durationText } from './output.ts';
import { readingStore } from './reading-store.ts';
import { accountName, readConfig, withSession } from './session.ts';

const contentText = ({ counts }: Pick<ExportSummary, 'counts'>): string =>
  [
    countText(counts.user ?? 0, 'user'),
    countText(counts.conversation ?? 0, 'conversation'),
    countText(counts.message ?? 0, 'message'),
    ...(counts.attachment === undefined ? [] : [countText(counts.attachment, 'attachment')]),
  ].join(', ');

const answerOf = ({ counts, lines, sha256 }: ExportSummary, ms: number) => ({
  users: counts.user ?? 0,
  conversations: counts.conversation ?? 0,
  messages: counts.message ?? 0,
  attachments: counts.attachment ?? 0,
  lines,
  sha256,
  ms: Math.round(ms),
});

export const exportCommand = command({
  name: 'export <file>',
  describe: 'Write everything as JSON lines, which other programs can read, while the server runs',
  options: (argv) => argv.positional('file', { type: 'string', demandOption: true, describe: 'A new file' }),
  async run({ file }, output) {
    const path = resolve(file);
    refuseTarget(path);
    await withSession(async (session) => {
      const started = systemClock.monotonic();
      const written = await readingStore(session, (records) => writeExport(path, records));
      await session.ask('export.record', { sha256: written.sha256, messages: written.counts.message ?? 0 });
      const ms = systemClock.monotonic() - started;
      output.result(
        { file: path, bytes: written.bytes, ...answerOf(written, ms) },
        `${path}: ${bytesText(written.bytes)}, ${contentText(written)}, in ${durationText(ms)}`,
      );
      output.note(
        'It holds all messages and the hashes of all passwords: keep it as carefully as the data directory. ' +
          'docs/export-format.md describes it.',
      );
    });
  },
});

export const importCommand = command({
  name: 'import <file>',
  describe:
    'Fill an empty store with an export: a data directory without a database, or an empty PostgreSQL database',
  options: (argv) =>
    argv
      .positional('file', { type: 'string', demandOption: true, describe: 'An export' })
      .option('from', {
        choices: CHAT_FORMATS,
        describe:
          'The program that made it, if that was not Parley: its direct conversations are added to the store',
      })
      .option('map', { type: 'string', describe: 'With --from: a file that says which person is which user' })
      .option('dry-run', {
        type: 'boolean',
        default: false,
        describe: 'With --from: only say what would be done',
      }),
  async run({ file, from, map, 'dry-run': dryRun }, output) {
    if (from !== undefined) {
      await runImportChats({ from, file, map, dryRun }, output);
      return;
    }
    if (map !== undefined || dryRun) throw new UsageError('--map and --dry-run need --from.');
    const path = resolve(file);
    const { config, dataDir } = readConfig();
    const started = systemClock.monotonic();
    let imported: ExportSummary;
    if (config.database === null) imported = await importIntoSqlite(path, dataDir);
    else {
      makeDataDir(dataDir);
      const connection = connectionOf(config.database.url, 'PARLEY_DATABASE_URL');
      imported = await importIntoPostgres(path, { connection, dataDir }, systemIds);
    }
    const ms = systemClock.monotonic() - started;
    const into = config.database === null ? dataDir : 'the database of PARLEY_DATABASE_URL';
    output.result(
      answerOf(imported, ms),
      `${contentText(imported)} imported into ${into}, in ${durationText(ms)}`,
    );
    output.note(
      'Clients drop what they cached of the other history when they connect, and begin with this one.',
    );
  },
});

export const moveCommand = command({
  name: 'move',
  describe: 'Move everything from SQLite to PostgreSQL, or back, while the server is stopped',
  options: (argv) =>
    argv
      .option('to', { type: 'string', describe: 'The URL of an empty PostgreSQL database' })
      .option('from', { type: 'string', describe: 'The URL of the PostgreSQL database to move back from' }),
  async run({ to, from }, output) {
    const { config, dataDir } = readConfig();
    const started = systemClock.monotonic();
    const own = { ids: systemIds, moved: { actor: accountName(), at: systemClock.now() } };
    let moved: ExportSummary;
    if (to !== undefined && from === undefined) {
      const connection = connectionOf(to, '--to');
      await lockStopped(dataDir, { ...config, database: null });
      moved = await moveToPostgres(dataDir, connection, own);
    } else if (from !== undefined && to === undefined)
      moved = await moveToSqlite(connectionOf(from, '--from'), dataDir, own);
    else throw new UsageError('Give either --to URL or --from URL.');
    const ms = systemClock.monotonic() - started;
    output.result(
      answerOf(moved, ms),
      `${contentText(moved)} moved, and compared: both sides have the SHA-256 ${moved.sha256}. It took ${durationText(ms)}.`,
    );
    output.note(
      to === undefined
        ? `Start the server without PARLEY_DATABASE_URL. The PostgreSQL database is as it was: start no server on it any more.`
        : `Start the server with PARLEY_DATABASE_URL, PARLEY_JWT_SECRET and PARLEY_REFRESH_SECRET. The database in ${dataDir} is ` +
            `as it was: move parley.db and attachments/ away, so that no server starts on them by mistake.`,
    );
  },
});
