import type { Clock } from '../../../server/runtime/clock.ts';
import { systemClock } from '../../../server/runtime/clock.ts';
import type { ConnectionOptions, DatabaseHost } from '../../../server/storage/postgres/connection-options.ts';
import { DatabaseError } from '../../../server/storage/postgres/database-error.ts';
import type { Purpose } from '../../../server/storage/postgres/connect.ts';
import { openDatabase, type MeasuredDatabase } from '../../../server/storage/postgres/database.ts';
import { statement } from '../../../server/storage/postgres/sql.ts';
import { onServer, optionsOf } from '../../support/postgres.ts';
import type { Scope } from '../../support/temp-dir.ts';

export interface OpenOptions {
  readonly purpose?: Purpose;
  readonly connections?: number;
  readonly waitingMax?: number;
  readonly clock?: Clock;
  readonly hosts?: readonly DatabaseHost[];
}

/** A database that is closed after the test. */
export const openOn = (
  scope: Scope,
  at: string | ConnectionOptions,
  { purpose = 'write', connections = 2, waitingMax = 100, clock = systemClock, hosts }: OpenOptions = {},
): MeasuredDatabase => {
  const options = typeof at === 'string' ? optionsOf(at) : at;
  const connection = hosts === undefined ? options : { ...options, hosts };
  const db = openDatabase({ connection, purpose, connections, waitingMax, clock });
  scope.after(() => db.close());
  return db;
};

/** A table of two rows: `notes(id, text)`. */
export const makeNotes = async (url: string): Promise<void> => {
  await onServer(
    url,
    "SET synchronous_commit = local; CREATE TABLE notes (id int PRIMARY KEY, text text NOT NULL); INSERT INTO notes VALUES (1, 'a'), (2, 'b')",
  );
};

export const ADD = statement('add', 'INSERT INTO notes VALUES ($1, $2)');
export const CHANGE = statement('change', 'UPDATE notes SET text = $2 WHERE id = $1');
export const READ = statement<[number, string]>('read', 'SELECT id, text FROM notes ORDER BY id');
export const PID = statement<[number]>('pid', 'SELECT pg_backend_pid()');
export const WAIT = statement<[unknown]>('wait', 'SELECT pg_advisory_xact_lock_shared(7)');

/** For assert.rejects. */
export const failsAs =
  (kind: DatabaseError['kind'], code?: string) =>
  (error: unknown): boolean => {
    if (!(error instanceof DatabaseError)) throw error;
    if (error.kind === kind && (code === undefined || error.code === code)) return true;
    throw new Error(`not ${kind} ${code ?? ''} but ${error.kind} ${error.code}: ${error.message}`);
  };
