import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemClock } from '../runtime/clock.ts';
import { systemIds } from '../runtime/ids.ts';
import { makeDataDir } from '../storage/data-dir/data-dir.ts';
import { databasePath } from '../storage/sqlite/open.ts';
import type { StagedRemark } from '../storage/sqlite/transfer/chat-staging.ts';
import { connectionOf } from '../storage/stores/location.ts';
import {
  importChats,
  type ChatFormat,
  type ChatImport,
  type ChatTarget,
} from '../transfer/chats/import-chats.ts';
import { readPeopleMap } from '../transfer/chats/people-map.ts';
import { postgresTarget, sqliteTarget } from '../transfer/chats/targets.ts';
import { checkTarget, hasTablesAt, readingPostgresIfThere } from '../transfer/postgres-side.ts';
import { lockEmpty } from '../transfer/sqlite-side.ts';
import { lockStopped } from './lock-stopped.ts';
import { countText, durationText, type CommandOutput } from './output.ts';
import { readingStore } from './reading-store.ts';
import { accountName, readConfig, withSession, type CommandSession } from './session.ts';
import { table } from './table.ts';

interface Options {
  readonly from: ChatFormat;
  readonly file: string;
  readonly map: string | undefined;
  readonly dryRun: boolean;
}

/** `parley import --from`: what other programs have exported. */
export const runImportChats = async (options: Options, output: CommandOutput): Promise<void> => {
  const { from, dryRun } = options;
  const path = resolve(options.file);
  const map = options.map === undefined ? new Map<string, string>() : readPeopleMap(resolve(options.map));
  const session = readConfig();
  makeDataDir(session.dataDir);
  const target = dryRun ? targetOfDryRun(session) : await targetOf(session);
  const started = systemClock.monotonic();
  const by = { ids: systemIds, now: systemClock.now(), actor: accountName() };
  await importChats({ format: from, path, map }, target, by, (result) => {
    const ms = systemClock.monotonic() - started;
    const remarks = [...result.remarks];
    const about = { from, file: path, dry_run: dryRun, ...answerOf(result, remarks), ms: Math.round(ms) };
    const done = dryRun ? 'would be imported' : `imported, in ${durationText(ms)}`;
    output.result(about, textOf(result, remarks, done));
    if (dryRun) return;
    if (result.users.some(({ isNew }) => isNew))
      output.note(
        'Nobody can log in to a new account before you give its owner a code: parley user reset-password NAME.',
      );
    output.note(
      'Clients drop what they cached of the other history when they connect, and begin with this one.',
    );
  });
};

type Store = Pick<CommandSession, 'config' | 'dataDir'>;

/** The store of a server that is stopped. */
const targetOf = async ({ config, dataDir }: Store): Promise<ChatTarget> => {
  if (config.database !== null) {
    const connection = connectionOf(config.database.url, 'PARLEY_DATABASE_URL');
    await checkTarget(connection);
    if (await hasTablesAt(connection)) await lockStopped(dataDir, config);
    return postgresTarget(connection, dataDir, systemIds);
  }
  if (existsSync(databasePath(dataDir))) await lockStopped(dataDir, config);
  else lockEmpty(dataDir);
  return sqliteTarget(dataDir);
};

/** Any store, which is only looked at. */
const targetOfDryRun = ({ config, dataDir }: Store): ChatTarget => {
  const { database } = config;
  return {
    dataDir,
    keep: null,
    reading: (use) => {
      if (database !== null)
        return readingPostgresIfThere(connectionOf(database.url, 'PARLEY_DATABASE_URL'), use);
      return existsSync(databasePath(dataDir))
        ? withSession((session) => readingStore(session, use))
        : use([]);
    },
  };
};

const answerOf = (
  { users, undecided, conversations, messages, replies, reactions }: ChatImport,
  remarks: readonly StagedRemark[],
) => {
  const list = (isTaken: boolean) =>
    remarks.filter((each) => each.isTaken === isTaken).map(({ place, what }) => ({ place, what }));
  return {
    people: users.map(({ name, username, isNew }) => ({ name, username, new: isNew })),
    undecided: undecided.map(({ name, username }) => ({ name, username })),
    conversations,
    messages,
    replies,
    reactions,
    left_out: list(false),
    changed: list(true),
  };
};

const textOf = (
  { users, undecided, conversations, messages, replies, reactions }: ChatImport,
  remarks: readonly StagedRemark[],
  done: string,
): string => {
  const rows = [
    ...users.map(({ name, username, isNew }) => [shown(name), username, isNew ? 'new account' : 'user']),
    ...undecided.map(({ name, username }) => [
      ...[shown(name), '?', `say with --map who this is: ${username} is a user`],
    ]),
  ];
  return [
    ...(rows.length === 0 ? [] : [table(['PERSON', 'BECOMES', 'WHICH IS'], rows)]),
    ...remarks.map(({ place, what, isTaken }) =>
      shown(`${isTaken ? 'changed' : 'left out'}: ${place}: ${what}`),
    ),
    `${[
      ...[countText(conversations, 'conversation'), countText(messages, 'message')],
      ...(replies === 0 ? [] : [countText(replies, 'reply', 'replies')]),
      ...(reactions === 0 ? [] : [countText(reactions, 'reaction')]),
    ].join(', ')} ${done}`,
  ].join('\n');
};

/** What others have chosen must neither begin a line nor tell the terminal anything. */
const shown = (text: string): string => text.replace(/\p{Cc}/gu, '\u{FFFD}');
