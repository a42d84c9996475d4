import { CLOSE, type CloseCode } from '../protocol/errors.ts';
import type { Fault } from '../runtime/envelope.ts';

/** After a failed read, doubled with each further one in a row. */
const AGAIN_MS = 200;
const AGAIN_MAX_MS = 5_000;
/** Failures in a row before the connection is closed: its client comes back by itself, and what it is owed is in the log. */
const FAILED_MAX = 8;

export type Verdict = { readonly againMs: number } | { readonly closeCode: CloseCode };

/** When a page of the log that could not be read is asked for again, and when that is given up. Of one connection. [P9] */
export class ReadRetry {
  #failures = 0;

  succeeded(): void {
    this.#failures = 0;
  }

  /** `internal` lasts: asking again would fail again, and would load the store that has failed already. */
  failed({ code }: Pick<Fault, 'code'>): Verdict {
    if (code === 'internal') return { closeCode: CLOSE.internal };
    this.#failures += 1;
    if (this.#failures > FAILED_MAX) return { closeCode: CLOSE.overloaded };
    return { againMs: Math.min(AGAIN_MAX_MS, AGAIN_MS * 2 ** (this.#failures - 1)) };
  }
}
