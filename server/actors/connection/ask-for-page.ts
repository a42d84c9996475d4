import { helper } from '../services/helper.ts';
import type { Reading } from './catch-up-phase.ts';
import type { ConnectionContext } from './messages.ts';

/** Events of one page. More events of the usual length would exceed its size in characters, and would be read in vain. */
const PAGE_EVENTS = 256;
const READ_TIMEOUT_MS = 10_000;

interface PageQuestion {
  readonly userId: string;
  /** The page begins after it. */
  readonly cursor: number;
  readonly reading: Reading;
  /** Comes back with the answer. */
  readonly round: number;
}

/** Has a page of a user's log read. The connection gets it as `page`, or `read-failed`. */
export const askForPage = (
  { userId, cursor, reading, round }: PageQuestion,
  context: ConnectionContext,
): void => {
  const undeliveredOnly = reading.undeliveredTo !== null;
  context.pipe(
    helper,
    { type: 'log', userId, cursor, limit: PAGE_EVENTS, undeliveredOnly },
    READ_TIMEOUT_MS,
    (page) => ({ type: 'page', page, round }),
    (fault) => ({ type: 'read-failed', fault, round }),
  );
};
