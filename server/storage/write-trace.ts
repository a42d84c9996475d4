/** What is told to whoever commits a batch that holds a traced write: moments of the commit. Both may be called again when a batch is tried
 *  again. */
export interface CommitWatch {
  /** The transaction begins. */
  begun(): void;
  /** It is committed, with its sync. */
  committed(): void;
}

/** The way of a write through the writer's thread: microseconds on the clock of the process, null for what it did not get to. */
export interface WriteTimes {
  /** Taken in from the link. */
  readonly queuedAt: number;
  readonly begunAt: number | null;
  readonly committedAt: number | null;
  /** How many writes were in its batch. */
  readonly batch: number;
}

/** Notes the way of one write. */
export class WriteTrace implements CommitWatch {
  readonly #now: () => number;
  readonly #queuedAt: number;
  #begunAt: number | null = null;
  #committedAt: number | null = null;
  batch = 0;

  /** `now`: microseconds on the clock of the process. */
  constructor(now: () => number) {
    this.#now = now;
    this.#queuedAt = now();
  }

  begun(): void {
    this.#begunAt ??= this.#now();
  }

  committed(): void {
    this.#committedAt = this.#now();
  }

  get times(): WriteTimes {
    return {
      queuedAt: this.#queuedAt,
      begunAt: this.#begunAt,
      committedAt: this.#committedAt,
      batch: this.batch,
    };
  }
}
