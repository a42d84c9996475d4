import { BackupError, type BackupFault } from '../backup/backup-error.ts';
import { isDiskFull, StoreError, type StoreReason } from '../storage/store-error.ts';
import { TransferError, type TransferFault } from '../storage/transfer/transfer-error.ts';

/** What the process of a command ends with: the numbers of `sysexits.h`. docs/operate.md lists them, and a test compares. */
export const EXIT = {
  ok: 0,
  /** The server refused, or something failed that has no number of its own. */
  failed: 1,
  /** An unknown command or option. */
  usage: 64,
  /** A backup or an export is damaged, of another program, or newer than this one; or a mapping of people does not fit. */
  data: 65,
  /** A file that was named does not exist. */
  noInput: 66,
  /** A target exists already. */
  cannotCreate: 73,
  /** The system refused to read or write, for example because the disk is full. */
  io: 74,
  /** A server holds the data directory or is connected to the database. Try again. */
  tryAgain: 75,
  /** PARLEY_DATA_DIR or another variable is wrong. */
  config: 78,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const OF_BACKUP: Readonly<Record<BackupFault, ExitCode>> = {
  damaged: EXIT.data,
  foreign: EXIT.data,
  newer: EXIT.data,
  missing: EXIT.noInput,
  target: EXIT.cannotCreate,
  system: EXIT.io,
};

const OF_TRANSFER: Readonly<Record<TransferFault, ExitCode>> = {
  damaged: EXIT.data,
  foreign: EXIT.data,
  newer: EXIT.data,
  missing: EXIT.noInput,
  target: EXIT.cannotCreate,
  mapping: EXIT.data,
  system: EXIT.io,
  busy: EXIT.tryAgain,
};

const OF_STORE: Partial<Readonly<Record<StoreReason, ExitCode>>> = {
  locked: EXIT.tryAgain,
  unreachable: EXIT.io,
};

/** A command line that says nothing that can be done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A variable with a value that cannot be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export const exitCodeOf = (error: unknown): ExitCode => {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof ConfigError) return EXIT.config;
  if (error instanceof BackupError) return OF_BACKUP[error.reason];
  if (error instanceof TransferError) return OF_TRANSFER[error.reason];
  if (error instanceof StoreError)
    return isDiskFull(error.cause) ? EXIT.io : (OF_STORE[error.reason] ?? EXIT.config);
  return EXIT.failed;
};
