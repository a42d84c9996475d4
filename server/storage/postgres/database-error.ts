import type { DatabaseError as ServerError } from 'pg';

/** `unavailable`: the database, the connection or the load, not the statement; nothing was stored, and trying again may help.
 *  `unknown-outcome`: likewise, but the transaction may have been committed. `statement`: the statement or its values. */
export type DatabaseFault = 'unavailable' | 'unknown-outcome' | 'statement';

/** What went wrong with a statement, a transaction or a connection. The message holds no value of a row, and no password. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly kind: DatabaseFault;
  /** The SQLSTATE, or what the network said (`ECONNREFUSED`); '' if there is neither. */
  readonly code: string;
  /** The name of the constraint that was broken, or ''. */
  readonly constraint: string;

  constructor(kind: DatabaseFault, code: string, message: string, constraint = '', cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.code = code;
    this.constraint = constraint;
  }
}

/** Classes: connection (08), authorisation (28), deadlock and serialisation (40), resources (53), the server's limits and operator
 *  (57), its system (58), data it cannot read (XX001, XX002). */
const OUTSIDE_CLASSES = ['08', '28', '40', '53', '57', '58'];
/** A standby (25006), idle or too long in a transaction, locks not available, no such database; statements that the server has
 *  forgotten or knows already (26000, 42P05), because somebody reset the session. */
const OUTSIDE = ['25006', '25P03', '25P04', '26000', '3D000', '42P05', '55P03', 'XX001', 'XX002'];

/** Whose fault an SQLSTATE is. */
export const faultOfSqlState = (code: string): 'unavailable' | 'statement' =>
  code === '40002' || !(OUTSIDE_CLASSES.includes(code.slice(0, 2)) || OUTSIDE.includes(code))
    ? 'statement'
    : 'unavailable';

/** Deadlock, serialisation failure, lock not available: the transaction was undone and can be tried again at once. */
export const isRetried = (code: string): boolean => ['40P01', '40001', '55P03'].includes(code);

/** Somebody else held a lock for longer than the session waits for one. */
export const isLocked = (error: unknown): boolean => error instanceof DatabaseError && error.code === '55P03';

/** An error that the server sent, which always has a severity; others come from the network or from `pg`. Told by that, because the
 *  library is loaded with the first connection only. */
const isServerError = (error: unknown): error is ServerError =>
  error instanceof Error && 'severity' in error && typeof error.severity === 'string';

/** Whether the statements that this session has prepared are no longer what they were, so that only a new session helps: after
 *  `DISCARD ALL`, or when another program has changed the columns of a table. */
export const isStale = (error: unknown): boolean =>
  isServerError(error) &&
  (error.code === '26000' ||
    error.code === '42P05' ||
    (error.code === '0A000' && error.routine === 'RevalidateCachedQuery'));

/** What `pg` threw, in our words. */
export const databaseErrorOf = (error: unknown): DatabaseError => {
  if (error instanceof DatabaseError) return error;
  if (isServerError(error)) {
    const code = error.code ?? '';
    const kind = isStale(error) ? 'unavailable' : faultOfSqlState(code);
    return new DatabaseError(kind, code, messageOf(error), error.constraint);
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  return new DatabaseError('unavailable', code, message || code, '', error);
};

/** The server found a page of a table or of an index unreadable. */
const DAMAGED = ['XX001', 'XX002'];

export const isDamage = (error: unknown): boolean =>
  error instanceof DatabaseError && DAMAGED.includes(error.code);

/** Whether it is the fault of the database, the connection or the load, and not of a statement or the program. */
export const isOutside = (error: unknown): boolean =>
  error instanceof DatabaseError && error.kind !== 'statement';

/** Whether every write of a batch would meet it. A damaged page, or a user that somebody else has locked, stops those that need it. */
export const failsAllWrites = (error: unknown): boolean =>
  isOutside(error) && !isLocked(error) && !isDamage(error);

/** For statistics: what went wrong, in the words of the database if it has one for it. */
export const causeOf = (error: unknown): string => {
  if (error instanceof DatabaseError && error.code !== '') return error.code;
  return error instanceof Error ? error.message : String(error);
};

/** For the log: SQLSTATE or network code; '' for what is no error of the database. */
export const databaseCode = (error: unknown): string => (error instanceof DatabaseError ? error.code : '');

/** Class 22, data, repeats the value that was refused. */
const messageOf = (error: ServerError): string =>
  error.code?.startsWith('22') === true ? error.message.replace(/: ".*"$/s, '') : error.message;
