import type { Question } from '../../runtime/actor.ts';
import { refOf } from '../../runtime/address.ts';

/** Copies the database, while it is written to, into a new file at `path`. The copy holds every commit made before the question. */
export type CopyQuestion = { readonly type: 'copy'; readonly path: string } & Question<{
  readonly bytes: number;
  /** Milliseconds of the longest time for which the copying held up the writer. */
  readonly longestStepMs: number;
}>;
/** Ends the copying that is under way: the server stops. */
export interface CancelCopy {
  readonly type: 'cancel';
}
export const databaseCopy = refOf<CopyQuestion | CancelCopy>('database-copy', 'main');
