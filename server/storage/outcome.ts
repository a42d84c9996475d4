import type { Fault } from '../runtime/envelope.ts';
import type { LoggedEvent } from './logged-event.ts';
import type { WriteName, Writes } from './writes.ts';

export type WriteResult = Writes[WriteName]['out'];

/** What became of one write: it is committed, or it has changed nothing, or nobody knows (`unsure`), and whoever repeats it
 *  finds out. */
export type WriteOutcome =
  | { readonly ok: true; readonly result: WriteResult; readonly events: readonly LoggedEvent[] }
  | {
      readonly ok: false;
      readonly fault: Fault;
      /** It may have been committed nevertheless: the answer to its COMMIT was lost. Then nobody was told of it. */
      readonly unsure?: true;
    };

/** One committed or failed batch. `cause`: the fault's code or message in the words of the database, for the log, never for a
 *  client. */
export interface CommitStats {
  readonly size: number;
  readonly durationMs: number;
  readonly failures: number;
  readonly cause?: string;
}

export const UNAVAILABLE: Fault = {
  code: 'unavailable',
  detail: 'The server cannot store this now. Try again shortly.',
  retryAfterS: 1,
};
/** The write needs something that is stored, but unreadable: trying again does not help. */
export const DAMAGED: Fault = {
  code: 'internal',
  detail: 'This could not be stored: the database is damaged in one place. The operator has been told.',
};
export const INTERNAL: Fault = { code: 'internal', detail: 'Something went wrong here.' };
