import { isDiskFull } from '../storage/store-error.ts';

/** Why a backup cannot be made, read or restored. `reason` is stable; `message` is one sentence for the operator. */
export type BackupFault =
  /** Bytes were changed or are missing, or the parts contradict each other. */
  | 'damaged'
  /** Not a backup of Parley at all. */
  | 'foreign'
  /** Made by a newer program than this one. */
  | 'newer'
  /** There is no such file. */
  | 'missing'
  /** The target is there already, or not empty. */
  | 'target'
  /** The system refused to read or write: a full disk, a missing right. */
  | 'system';

export class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly reason: BackupFault;

  constructor(reason: BackupFault, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}

/** The error of a system call on `path` in words. */
export const systemFault = (path: string, error: unknown): BackupError => {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  if (code === 'ENOENT') return new BackupError('missing', `there is no file at ${path}`, error);
  if (isDiskFull(error))
    return new BackupError('system', `the disk is full: ${path} can't be written`, error);
  return new BackupError('system', `${path} can't be used (${code})`, error);
};
