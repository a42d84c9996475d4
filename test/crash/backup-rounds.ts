import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openArchive } from '../../server/backup/archive.ts';
import { logLine, type Manifest } from '../../server/backup/manifest.ts';
import { isTemporary } from '../../server/storage/data-dir/temporary-folder.ts';
import { storeDigests } from '../../server/storage/sqlite/log-digests.ts';
import { openReadOnly } from '../../server/storage/sqlite/open.ts';
import { scoped } from '../faults/scoped.ts';
import { moreAcks } from '../faults/under-load.ts';
import { upload } from '../support/attach.ts';
import { pause } from '../support/deadline.ts';
import { Ledger } from '../support/ledger.ts';
import { commandAnswer } from '../support/operator-command.ts';
import { onServer } from '../support/postgres-client.ts';
import { PostgresServer } from '../support/postgres-server.ts';
import type { RandomSource } from '../support/random-source.ts';
import { RunningCommand } from '../support/running-command.ts';
import { onPostgres, ServerProcess, type Settings } from '../support/server-process.ts';
import { type Scope, tempDir } from '../support/temp-dir.ts';
import { HistoryCheck } from './check.ts';
import type { CrashClient } from './client.ts';
import { assertAllReceived, pairsOf, settled } from './rounds.ts';

interface BackupRounds {
  readonly store: 'sqlite' | 'postgres';
  readonly rounds: number;
  readonly random: RandomSource;
  readonly say: (line: string) => void;
}

export interface BackupCounts {
  readonly rounds: number;
  /** Backups that were finished, each of which was proven, restored and compared. */
  readonly finished: number;
  /** Backups that failed with the server, or were killed with it: nothing was under their names. */
  readonly broken: number;
  /** Messages that were acknowledged before a finished backup began, over all rounds, and were in what was restored. */
  readonly checked: number;
  readonly acked: number;
  /** The longest time for which a copy held the writer; null: the store is PostgreSQL. */
  readonly longestStepMs: number | null;
}

const PAIRS = 3;
/** Acks that each person gets before the backup begins. */
const ACKS = [3, 25] as const;
/** Of the time that the last backup took: when the server is killed. More than 1 is after the end. */
const LATEST_SHARE = 1.2;
/** How often the backup is killed together with the server. */
const KILLED_TOO = 0.2;
const FIRST_MS = 1_500;

interface Scene extends BackupRounds {
  readonly server: ServerProcess;
  readonly settings: Settings;
  readonly database: PostgresServer | null;
  readonly clients: readonly CrashClient[];
  readonly ledger: Ledger;
  /** What was uploaded, and answered. */
  readonly uploaded: { readonly client: CrashClient; readonly id: string; readonly bytes: Buffer }[];
  /** Milliseconds that the last backup took. */
  usualMs: number;
}

/** What was promised when a backup began. */
type Promised = ReturnType<Ledger['read']>['acked'];

/** Makes a backup under load, as often as told, and kills the server at a random moment from its beginning until a little after its end,
 *  in some rounds together with the backup. A backup that was finished is proven and restored, and a server is started on what that made:
 *  every message that was acknowledged before the backup began is there once and in order, and clients are told that they have seen
 *  another history. One that was not finished has left nothing. [P11][P10] */
export const backupRounds = async (scope: Scope, options: BackupRounds): Promise<BackupCounts> => {
  const { rounds, say } = options;
  const scene = await setUp(scope, options);
  const { server, clients, ledger } = scene;
  const history = new HistoryCheck(ledger);
  let [finished, checked, longestStepMs] = [0, 0, null as number | null];
  for (let n = 1; n <= rounds; n += 1) {
    const outcome = await scoped((round) => oneRound(round, scene, n));
    finished += outcome.checked === null ? 0 : 1;
    checked += outcome.checked ?? 0;
    if (outcome.stepMs !== null) longestStepMs = Math.max(longestStepMs ?? 0, outcome.stepMs);
    const stored = await history.run(clients);
    assertNoBreach(clients);
    const what =
      outcome.checked === null
        ? 'broken off, nothing left'
        : `${String(outcome.checked)} acknowledged before it, all restored`;
    say(`backup ${String(n)}: ${what}; ${String(stored)} stored`);
  }
  await Promise.all(clients.map((client) => client.start(false)));
  await settled(clients);
  await history.run(clients);
  await assertAllReceived(clients, history.stored);
  assertNoBreach(clients);
  assert.equal((await server.kill('SIGTERM')).code, 0);
  const acked = ledger.read().acked.size;
  assert.ok(acked > rounds, 'there was no load worth the name');
  return { rounds, finished, broken: rounds - finished, checked, acked, longestStepMs };
};

const setUp = async (scope: Scope, options: BackupRounds): Promise<Scene> => {
  const database = options.store === 'postgres' ? await PostgresServer.start(scope) : null;
  const ledger = new Ledger(join(tempDir(scope), 'ledger.jsonl'));
  scope.after(() => {
    ledger.close();
  });
  const settings = {
    PARLEY_SHARDS: '1',
    PARLEY_ACCESS_TTL_S: '86400',
    ...(database === null ? {} : onPostgres(database.url())),
  };
  const server = await ServerProcess.start(scope, settings);
  const fork = (): RandomSource => options.random.fork();
  const clients = await pairsOf(scope, server, ledger, { pairs: PAIRS, fork });
  return { ...options, server, settings, database, clients, ledger, uploaded: [], usualMs: FIRST_MS };
};

const assertNoBreach = (clients: readonly CrashClient[]): void => {
  assert.deepEqual(
    clients.flatMap(({ breaches }) => breaches),
    [],
  );
};

/** `checked`: messages that were found again; null: the backup was not finished. */
const oneRound = async (scope: Scope, scene: Scene, n: number) => {
  const { server, settings, clients, ledger, random } = scene;
  await Promise.all(clients.map((client) => client.start(true)));
  await moreAcks(clients, random.between(...ACKS));
  await uploadSome(scene);
  const { acked } = ledger.read();
  const uploads = scene.uploaded.length;
  const folder = tempDir(scope);
  const file = join(folder, 'backup.tar');
  const began = performance.now();
  const backup = new RunningCommand(server.dataDir, ['backup', file, '--json'], settings);
  await pause(random.between(0, Math.round(scene.usualMs * LATEST_SHARE)));
  const isKilledToo = random.chance(KILLED_TOO);
  if (isKilledToo) backup.signal('SIGKILL');
  const exit = await server.kill('SIGKILL');
  assert.equal(exit.signal, 'SIGKILL', `the server ended by itself:\n${server.run.output}`);
  for (const client of clients) client.hangUp();
  const code = await backup.ended;
  assert.ok(code !== null || isKilledToo, 'the backup was killed by somebody else');
  const isFinished = existsSync(file);
  if (code === 0) {
    assert.ok(isFinished, 'a backup that succeeded has made no file');
    scene.usualMs = performance.now() - began;
  } else if (code !== null) assert.ok(!isFinished, `a backup that failed has left a file: ${backup.stderr}`);
  if (!isFinished) assert.doesNotMatch(backup.stdout, /bytes/, 'a backup said that it was finished');
  // The name appears last of all: what is there under it is whole, even if nobody was told.
  const checked = isFinished
    ? await checkBackup(scope, scene, { file, acked, uploads, target: n % 2 })
    : null;
  await server.restart();
  assert.deepEqual(readdirSync(server.dataDir).filter(isTemporary), []);
  return { checked, stepMs: code === 0 ? stepMsIn(backup.stdout) : null };
};

const stepMsIn = (answer: string): number | null =>
  (JSON.parse(answer) as { longest_step_ms: number | null }).longest_step_ms;

interface BackupFile {
  readonly file: string;
  readonly acked: Promised;
  /** How many there were. */
  readonly uploads: number;
  /** With PostgreSQL every other backup becomes a database, and the others a data directory. */
  readonly target: number;
}

/** A file of a random size, which its sender may send or not. */
const uploadSome = async ({ clients, random, uploaded }: Scene): Promise<void> => {
  const client = random.pick(clients);
  const bytes = randomBytes(random.pick([0, 1, random.between(2, 900_000)]));
  const { id } = await upload(client.me, bytes);
  uploaded.push({ client, id, bytes });
};

const checkBackup = async (scope: Scope, scene: Scene, { file, acked, uploads, target }: BackupFile) => {
  const { server, settings, clients, ledger, store, database } = scene;
  await commandAnswer(server.dataDir, ['verify', file], settings);
  const archive = await openArchive(file);
  const manifest = JSON.parse(String(await archive.read('manifest.json'))) as Manifest;
  const logs = String(await archive.read('logs.jsonl'));
  await archive.close();
  const dataDir = join(tempDir(scope), 'restored');
  mkdirSync(dataDir);
  const url = database !== null && target === 1 ? await newDatabase(scope, database) : null;
  const { history } = await commandAnswer<{ history: string }>(
    server.dataDir,
    ['restore', file, '--to', url ?? dataDir],
    settings,
  );
  assert.notEqual(history, manifest.history);
  const own = url === null ? keysFor(store, settings) : { ...settings, ...onPostgres(url) };
  assert.equal(url === null ? digestsOf(dataDir) : await digestsThrough(scope, dataDir, own), logs);
  const restored = await ServerProcess.start(scope, { ...own, PARLEY_SHARDS: '1' }, dataDir);
  const people = clients.map(({ me, peer }) => ({ me: me.at(restored), peer }));
  const promised = new HistoryCheck({ read: () => ({ sent: ledger.read().sent, acked }) });
  assert.equal(await promised.run(people), manifest.counts.messages);
  for (const { client, id, bytes } of scene.uploaded.slice(0, uploads))
    assert.deepEqual((await client.me.at(restored).http('GET', `/attachments/${id}`)).bytes, bytes);
  for (const client of clients) {
    const socket = await client.me.at(restored).connect({ cursor: client.cursor, history: manifest.history });
    const { payload } = await socket.next('welcome');
    assert.deepEqual([payload.reset, payload.history], [true, history]);
    socket.terminate();
  }
  await restored.kill();
  return acked.size;
};

/** What a data directory with a backup of PostgreSQL needs: its keys are in no backup. */
const keysFor = (store: BackupRounds['store'], settings: Settings): Settings =>
  store === 'sqlite'
    ? {}
    : {
        PARLEY_JWT_SECRET: settings['PARLEY_JWT_SECRET'] ?? '',
        PARLEY_REFRESH_SECRET: settings['PARLEY_REFRESH_SECRET'] ?? '',
      };

const digestsOf = (dataDir: string): string => {
  const db = openReadOnly(dataDir);
  try {
    return storeDigests(db).logs.map(logLine).join('');
  } finally {
    db.close();
  }
};

/** Of a PostgreSQL database, as a backup of it tells them. */
const digestsThrough = async (scope: Scope, dataDir: string, settings: Settings): Promise<string> => {
  const file = join(tempDir(scope), 'again.tar');
  await commandAnswer(dataDir, ['backup', file], settings);
  const archive = await openArchive(file);
  try {
    return String(await archive.read('logs.jsonl'));
  } finally {
    await archive.close();
  }
};

let databases = 0;

const newDatabase = async (scope: Scope, database: PostgresServer): Promise<string> => {
  databases += 1;
  const name = `restored_${String(databases)}`;
  await onServer(database.url(), `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  scope.after(async () => {
    await onServer(database.url(), `DROP DATABASE ${name} WITH (FORCE)`);
  });
  return database.url(name);
};
