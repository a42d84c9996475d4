/** The numbered stream to one connection: what arrives live in any order leaves in order, each number once. Pure
 *  bookkeeping; the session decides when to read the log. [P4]
 *
 *  Live pushes come from several threads, so two of them can pass each other: an early one is held until the missing number
 *  is there or has been read from the log. */
export interface SequencedEvent {
  readonly cursor: number;
  readonly frame: string;
  /** The message of this connection whose ack this is. */
  readonly acks?: string;
}

const HELD_MAX = 256;
/** Letters of what is held: a socket that stands still while a page is sent must not keep the conversation. [P9] */
export const HELD_MAX_LETTERS = 128 * 1024;

export class Sequencer {
  /** The number of the last event that was sent, or up to which the log was read. */
  cursor: number;
  /** The highest number ever heard of. */
  #highest = 0;
  /** Made with the first early one, and gone with the last: most events come in order. */
  #held: Map<number, SequencedEvent> | undefined;
  #letters = 0;

  constructor(cursor: number) {
    this.cursor = cursor;
  }

  /** Numbers are known to exist that have not been sent. */
  get hasGap(): boolean {
    return this.#highest > this.cursor;
  }

  /** The log holds numbers up to this one. */
  hear(cursor: number): void {
    this.#highest = Math.max(this.#highest, cursor);
  }

  /** Takes a live event. Those that may leave now come back in order; none when it is old or early. */
  take(event: SequencedEvent): readonly SequencedEvent[] {
    if (event.cursor === this.cursor + 1 && this.#held === undefined) {
      this.cursor = event.cursor;
      return [event];
    }
    this.hold(event);
    return this.release();
  }

  /** Keeps an event for later; past 256, or past so many letters, only its number is remembered, and the log has the rest. */
  hold(event: SequencedEvent): void {
    if (event.cursor <= this.cursor) return;
    this.hear(event.cursor);
    const held = (this.#held ??= new Map());
    if (held.size >= HELD_MAX || this.#letters >= HELD_MAX_LETTERS || held.has(event.cursor)) return;
    held.set(event.cursor, event);
    this.#letters += event.frame.length;
  }

  /** What has become due, oldest first. */
  release(): readonly SequencedEvent[] {
    const due: SequencedEvent[] = [];
    for (;;) {
      const next = this.#held?.get(this.cursor + 1);
      if (next === undefined) break;
      this.#release(next);
      this.cursor = next.cursor;
      due.push(next);
    }
    return due;
  }

  /** The log was read up to `cursor`: older ones that are held are in it. */
  readTo(cursor: number): void {
    this.cursor = Math.max(this.cursor, cursor);
    for (const held of this.#held?.values() ?? []) if (held.cursor <= this.cursor) this.#release(held);
  }

  /** Starts over from a place. */
  restart(cursor: number): void {
    this.cursor = cursor;
  }

  /** Forgets what is held; the log has it. */
  drop(): void {
    this.#held = undefined;
    this.#letters = 0;
  }

  #release({ cursor, frame }: SequencedEvent): void {
    this.#held?.delete(cursor);
    this.#letters -= frame.length;
    if (this.#held?.size === 0) this.#held = undefined;
  }
}
