/** Why the store can't be opened. `reason` is stable; `message` is one line for the operator's log. */
export type StoreReason =
  | 'not-writable'
  | 'damaged'
  | 'foreign'
  | 'older'
  | 'newer'
  | 'missing'
  | 'locked'
  | 'no-folder'
  /** Database and log do not belong together. */
  | 'mismatched'
  /** A server has used the directory, but its database is missing or has no tables. */
  | 'incomplete'
  /** The data are in another store than the one that the command works on. */
  | 'elsewhere'
  /** The database server does not answer. */
  | 'unreachable'
  /** A database server that would not keep what it acknowledges. */
  | 'unfit'
  /** Other hosts of the same database have other secrets. */
  | 'other-secrets'
  /** The clocks of host and database are too far apart. */
  | 'clock';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly reason: StoreReason;

  constructor(reason: StoreReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}

/** The SQLite result code of a thrown value (`SQLITE_FULL`, `SQLITE_IOERR_WRITE`…), or ''. */
export const sqliteCode = (error: unknown): string =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  error.code.startsWith('SQLITE_')
    ? error.code
    : '';

const NO_ROOM = ['ENOSPC', 'EDQUOT', 'SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE'];

/** Whether the disk had no room. SQLite makes a file for its shared memory when it opens a database, and has a code of its own for that. */
export const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && NO_ROOM.includes(String(error.code));

/** `path`: of the data directory or of its database. */
export const notWritable = (path: string, cause: unknown): StoreError =>
  new StoreError(
    'not-writable',
    isDiskFull(cause)
      ? `the disk is full: ${path} can't be written`
      : `the data directory ${path} can't be written`,
    cause,
  );

const OUTSIDE = [
  'FULL',
  'IOERR',
  'BUSY',
  'LOCKED',
  'READONLY',
  'CANTOPEN',
  'NOMEM',
  'CORRUPT',
  'NOTADB',
  'PROTOCOL',
];

/** Whether stored data are damaged, so that trying again does not help. */
export const isDamage = (error: unknown): boolean => /^SQLITE_(CORRUPT|NOTADB)/.test(sqliteCode(error));

/** Whether disk, memory or file failed, and not one write; then the whole batch failed. */
export const isOutsideFault = (error: unknown): boolean => {
  const code = sqliteCode(error);
  return OUTSIDE.some((kind) => code === `SQLITE_${kind}` || code.startsWith(`SQLITE_${kind}_`));
};
