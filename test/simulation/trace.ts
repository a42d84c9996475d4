import { createHash } from 'node:crypto';

/** What happened, in order. Its hash stands for the whole history; the lines are kept only when somebody will read them. */
export class Trace {
  readonly lines: string[] = [];
  readonly #hash = createHash('sha256');
  readonly #keep: boolean;
  readonly #now: () => number;

  constructor(keep: boolean, now: () => number) {
    this.#keep = keep;
    this.#now = now;
  }

  note(what: string): void {
    const line = `${this.#now().toFixed(3)} ${what}`;
    this.#hash.update(line).update('\n');
    if (this.#keep) this.lines.push(line);
  }

  digest(): string {
    return this.#hash.copy().digest('hex').slice(0, 32);
  }
}

/** Ids are told by their last digits, which are enough within one history. */
export const short = (id: string): string => id.slice(-4);
