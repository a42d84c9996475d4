import { readFileSync } from 'node:fs';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import type { Clock } from '../../runtime/clock.ts';
import type { DatabaseConnection } from './connection.ts';
import { hostName, type ConnectionOptions, type DatabaseHost } from './connection-options.ts';
import { DatabaseError, databaseErrorOf } from './database-error.ts';
import { statement } from './sql.ts';

/** What connections are for. `background`: work that nobody waits for, in short statements. `maintain`: statements that may take as
 *  long as they need, such as migrations. `notify`: LISTEN and NOTIFY, which are of no use when they are late. */
export type Purpose = 'write' | 'read' | 'background' | 'maintain' | 'notify';

/** Milliseconds; 0 in a setting of the server: no limit. */
interface Limits {
  readonly statement: number;
  /** A host that was frozen in a transaction holds its locks no longer than this. */
  readonly idleInTransaction: number;
  /** Whoever waits for a lock for so long lets go of those that it has. Otherwise a row that another program keeps locked would lock
   *  all users who write together with its own. */
  readonly lock: number;
  /** The client's own: after this without an answer the connection is dropped. */
  readonly answer: number;
}

const LIMITS: Readonly<Record<Purpose, Limits>> = {
  write: { statement: 0, idleInTransaction: 1_000, lock: 1_500, answer: 5_000 },
  // Below the time after which whoever asked gives up.
  read: { statement: 8_000, idleInTransaction: 10_000, lock: 0, answer: 9_000 },
  background: { statement: 0, idleInTransaction: 60_000, lock: 1_500, answer: 30_000 },
  maintain: { statement: 0, idleInTransaction: 60_000, lock: 0, answer: Infinity },
  notify: { statement: 0, idleInTransaction: 1_000, lock: 0, answer: 1_500 },
};

/** `synchronous_commit` stays at `remote_apply` where the operator chose that. Read-only unless a transaction says otherwise: should
 *  BEGIN fail, what was sent along with it changes nothing. The server must not look whether we are still there while it commits, and its warnings must reach us: one tells that the wait for the
 *  standby was cancelled. Tables are never read from end to end where an index helps: a connection keeps its plans, those of foreign keys
 *  too, and one that was made while a table was nearly empty would go on reading all of it as it grows. */
const SET_UP = statement<[boolean, number, ...string[]]>(
  '',
  `SELECT pg_is_in_recovery(), current_setting('server_version_num')::int,
    set_config('synchronous_commit',
      CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false),
    set_config('default_transaction_read_only', 'on', false),
    set_config('statement_timeout', $1, false),
    set_config('idle_in_transaction_session_timeout', $2, false),
    set_config('lock_timeout', $3, false),
    set_config('client_min_messages', 'notice', false),
    set_config('jit', 'off', false),
    set_config('enable_seqscan', 'off', false),
    CASE WHEN current_setting('server_version_num')::int >= 140000
      THEN set_config('client_connection_check_interval', '0', false) END`,
);

/** Connects to the first of the hosts that answers and is not a standby, beginning with number `first`. Returns its number too.
 *  @throws DatabaseError `unavailable`, with what each host said */
export const connectToPrimary = async (
  options: ConnectionOptions,
  purpose: Purpose,
  clock: Clock,
  first = 0,
): Promise<{ readonly connection: DatabaseConnection; readonly at: number }> => {
  const failures: string[] = [];
  let code = '';
  const numbered = [...options.hosts.entries()];
  for (const [at, host] of [...numbered.slice(first), ...numbered.slice(0, first)]) {
    try {
      return { connection: await connectTo(host, options, purpose, clock), at };
    } catch (error) {
      const failure = databaseErrorOf(error);
      code = failure.code;
      failures.push(`${hostName(host)}: ${failure.message}`);
    }
  }
  throw new DatabaseError('unavailable', code, `no database can be reached (${failures.join('; ')})`);
};

const connectTo = async (
  host: DatabaseHost,
  options: ConnectionOptions,
  purpose: Purpose,
  clock: Clock,
): Promise<DatabaseConnection> => {
  const limits = LIMITS[purpose];
  const connection = await login(host, options, clock, limits);
  try {
    const milliseconds = [limits.statement, limits.idleInTransaction, limits.lock].map(String);
    const { rows } = await connection.send(SET_UP, milliseconds);
    if (rows[0]?.[0] === true) throw new DatabaseError('unavailable', '25006', 'is a standby');
    return connection;
  } catch (error) {
    connection.drop(databaseErrorOf(error));
    throw error;
  }
};

const login = async (
  host: DatabaseHost,
  options: ConnectionOptions,
  clock: Clock,
  limits: Limits,
): Promise<DatabaseConnection> => {
  // Loaded with the first connection: without PostgreSQL no thread pays for its library.
  const { openClient } = await import('./open-client.ts');
  const isSocket = host.host.startsWith('/');
  try {
    return await openClient(host, options, isSocket ? false : tlsOptions(options), clock, limits.answer);
  } catch (error) {
    const isWithout = error instanceof Error && error.message.includes('does not support SSL');
    if (options.tls !== 'prefer' || !isWithout) throw error;
    return await openClient(host, options, false, clock, limits.answer);
  }
};

const tlsOptions = ({ tls, rootCertificates }: ConnectionOptions): false | TlsOptions => {
  if (tls === 'disable') return false;
  if (tls === 'prefer' || tls === 'require') return { rejectUnauthorized: false };
  return {
    rejectUnauthorized: true,
    // Read for each connection: a certificate can be replaced while the server runs.
    ...(rootCertificates === null ? {} : { ca: readFileSync(rootCertificates, 'utf8') }),
    ...(tls === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  };
};
