import { CLOSE, type CloseCode } from '../../protocol/close-codes.ts';
import type { Fault } from '../../runtime/envelope.ts';

/** Milliseconds until a retry after a failed read; doubled with each further failure in a row. */
const AGAIN_MS = 200;
const AGAIN_MAX_MS = 5_000;
/** Failures in a row before the connection is closed. The client reconnects by itself, and its events are in the log. */
const FAILED_MAX = 8;

export type RetryVerdict = { readonly againMs: number } | { readonly closeCode: CloseCode };

/** Decides when a page of the log that could not be read is requested again, and when to give up. One for each connection [P9]
 *  [O15]. */
export class ReadRetry {
  #failures = 0;

  succeeded(): void {
    this.#failures = 0;
  }

  /** `internal` lasts: asking again would fail again, and would load the store that has failed already. */
  failed({ code }: Pick<Fault, 'code'>): RetryVerdict {
    if (code === 'internal') return { closeCode: CLOSE.internal };
    this.#failures += 1;
    if (this.#failures > FAILED_MAX) return { closeCode: CLOSE.overloaded };
    return { againMs: Math.min(AGAIN_MAX_MS, AGAIN_MS * 2 ** (this.#failures - 1)) };
  }
}
