import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import { StoreError } from '../store-error.ts';
import { CLOCK_OFFSET_MAX_MS, measureClockOffset } from './clock-offset.ts';
import { databaseName, type ConnectionOptions } from './connection-options.ts';
import { openDatabase } from './database.ts';
import { DatabaseError } from './database-error.ts';
import { migratePostgres } from './migrate.ts';
import { checkSecrets } from './shared-secrets.ts';
import { statement, type Database } from './sql.ts';

/** What the start needs of a logger. */
export interface StartLog {
  warn(fields: Readonly<Record<string, unknown>>, event: string): void;
}

export interface PostgresStart {
  readonly connection: ConnectionOptions;
  /** See `secretsFingerprint`. */
  readonly secrets: Buffer;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: StartLog;
}

export interface PostgresStarted {
  /** Names the database's content to clients: another one means that what they have cached is of no use. */
  readonly history: string;
  /** See `measureClockOffset`. At most 5 s either way. */
  readonly clockOffsetMs: number;
}

const OLDEST_VERSION = 15;
const GIVE_UP_MS = 60_000;
const SAY_EVERY_MS = 5_000;
const TRY_EVERY_MS = 250;

export const SERVER_SETTINGS = statement<[number, string, string, string, string]>(
  '',
  `SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), current_setting('fsync'),
    current_setting('full_page_writes'), current_setting('synchronous_standby_names')`,
);
const HISTORY = statement<[string]>('', 'SELECT history FROM meta');

/** Waits up to 60 s for the database, checks that it can keep what it is given, migrates it, and compares secrets and clocks. Leaves
 *  no connection open. @throws StoreError with one sentence for the operator */
export const openPostgresAtStart = async (start: PostgresStart): Promise<PostgresStarted> => {
  const { connection, clock, ids, log } = start;
  const db = openDatabase({ connection, purpose: 'maintain', connections: 1, clock });
  try {
    checkServer(await firstAnswer(db, start), log);
    await migratePostgres(db, clock, ids);
    await checkSecrets(db, start.secrets);
    const clockOffsetMs = await measureClockOffset(db, clock);
    if (Math.abs(clockOffsetMs) > CLOCK_OFFSET_MAX_MS) {
      const seconds = (Math.abs(clockOffsetMs) / 1000).toFixed(1);
      const side = clockOffsetMs > 0 ? 'behind' : 'ahead of';
      throw new StoreError(
        'clock',
        `the clock of this host is ${seconds} s ${side} the database's: set both by the same time servers`,
      );
    }
    const [[history] = ['']] = await db.query(HISTORY);
    return { history, clockOffsetMs };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    throw new StoreError(
      error.kind === 'statement' ? 'unfit' : 'unreachable',
      `the database ${databaseName(connection)} can't be prepared: ${error.message}`,
      error,
    );
  } finally {
    await db.close();
  }
};

type ServerSettings = readonly [number, string, string, string, string];

const firstAnswer = async (
  db: Database,
  { connection, clock, log }: PostgresStart,
): Promise<ServerSettings> => {
  const started = clock.monotonic();
  let said = started;
  for (;;) {
    try {
      const [settings] = await db.query(SERVER_SETTINGS);
      if (settings !== undefined) return settings;
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.kind === 'statement') throw error;
      const now = clock.monotonic();
      if (now - started >= GIVE_UP_MS) {
        throw new StoreError(
          'unreachable',
          `the database ${databaseName(connection)} can't be reached: ${error.message}`,
          error,
        );
      }
      if (now - said >= SAY_EVERY_MS) {
        said = now;
        log.warn({ database: databaseName(connection), reason: error.message }, 'store.waiting');
      }
    }
    await new Promise<void>((resolve) => clock.after(TRY_EVERY_MS, resolve));
  }
};

/** Refuses what can't keep a promise. @throws StoreError `unfit` */
export const checkServer = (settings: ServerSettings, log: StartLog): void => {
  const [version, encoding, fsync, fullPageWrites, standbys] = settings;
  const refuse = (reason: string): never => {
    throw new StoreError('unfit', reason);
  };
  const major = Math.floor(version / 10_000);
  if (major < OLDEST_VERSION) {
    refuse(`the database runs PostgreSQL ${String(major)}: Parley needs ${String(OLDEST_VERSION)} or newer`);
  }
  if (encoding !== 'UTF8') refuse(`the database stores text as ${encoding}: create one with ENCODING 'UTF8'`);
  if (fsync !== 'on') {
    refuse(
      'the database runs with fsync = off, so a power failure loses acknowledged messages: switch it on',
    );
  }
  if (fullPageWrites !== 'on') {
    refuse('the database runs with full_page_writes = off, so a power failure can damage it: switch it on');
  }
  if (standbys.trim() === '') {
    const reason = 'without synchronous_standby_names a failover may lose acknowledged messages';
    log.warn({ reason }, 'store.no-synchronous-standby');
  }
};
