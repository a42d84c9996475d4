import { codeOf } from '../../protocol/errors.ts';
import { EXIT_REFUSED } from '../../runtime/threads/threads.ts';
import { StoreError, type StoreReason } from '../../storage/store-error.ts';

/** EX_CONFIG: a variable is wrong. */
export const EXIT_CONFIG = 78;
/** EX_IOERR: the database does not answer. */
const EXIT_UNREACHABLE = 74;

const EXITS: Partial<Readonly<Record<StoreReason, number>>> = {
  unreachable: EXIT_UNREACHABLE,
  unfit: EXIT_CONFIG,
  'other-secrets': EXIT_CONFIG,
  clock: EXIT_CONFIG,
};

/** The sentence and the exit code with which a start is refused. A place or an address that can't be is a wrong variable like any
 *  other. */
export const refusalOf = (error: unknown): [reason: string, exitCode: number] => {
  const reason = error instanceof Error ? error.message : String(error);
  if (!(error instanceof StoreError))
    return [reason, codeOf(error) === 'bad_request' ? EXIT_CONFIG : EXIT_REFUSED];
  if (error.reason === 'no-folder') return [`PARLEY_DATA_DIR: ${reason}`, EXIT_CONFIG];
  return [reason, EXITS[error.reason] ?? EXIT_REFUSED];
};
