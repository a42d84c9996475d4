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
  /** Database and log are not of one piece. */
  | 'mismatched'
  /** The directory was in use, and its database is not there or without tables. */
  | 'incomplete';

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

/** Whether what is stored is damaged: asking again does not help. */
export const isDamage = (error: unknown): boolean => /^SQLITE_(CORRUPT|NOTADB)/.test(sqliteCode(error));

/** Whether the fault lies with disk, memory or file and not with one write: then the whole batch failed. */
export const isOutsideFault = (error: unknown): boolean => {
  const code = sqliteCode(error);
  return OUTSIDE.some((kind) => code === `SQLITE_${kind}` || code.startsWith(`SQLITE_${kind}_`));
};
