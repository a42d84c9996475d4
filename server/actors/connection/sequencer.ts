import type { ShownPresence } from '../../storage/shown-presence.ts';

/** The stream of events to one connection: live events may arrive in any order and leave in the order of cursors, each once.
 *  Only does the bookkeeping; the session decides when to read the log [P4].
 *
 *  The writer announces events in order, but one can be missing: its push was lost, or it is the ack of a message from this
 *  connection, which comes with the writer's answer. An early event is held until the missing cursor has arrived or was read from
 *  the log. */
export interface SequencedEvent {
  readonly cursor: number;
  readonly frame: string;
  /** The message id, if this event is the ack of a message from this connection. */
  readonly acks?: string;
  /** Whose presence the frame shows. */
  readonly shown?: ShownPresence;
}

const HELD_MAX = 256;
/** Characters of the events that are held, so that a socket that does not read its page cannot make the server keep everything
 *  [P9]. */
export const HELD_MAX_LETTERS = 128 * 1024;

export class Sequencer {
  /** The cursor of the last event that was sent, or up to which the log was read. */
  cursor: number;
  #highest = 0;
  /** Created with the first early event and removed with the last, because most events arrive in order. */
  #held: Map<number, SequencedEvent> | undefined;
  #letters = 0;

  constructor(cursor: number) {
    this.cursor = cursor;
  }

  /** Whether cursors are known to exist that have not been sent. */
  get hasGap(): boolean {
    return this.#highest > this.cursor;
  }

  /** The highest cursor that is known to exist. */
  get highest(): number {
    return this.#highest;
  }

  /** Notes that the log reaches up to this cursor. */
  hear(cursor: number): void {
    this.#highest = Math.max(this.#highest, cursor);
  }

  /** Takes a live event. Returns the events that can be sent now, in order; none if it is old or early. */
  take(event: SequencedEvent): readonly SequencedEvent[] {
    if (event.cursor === this.cursor + 1 && this.#held === undefined) {
      this.cursor = event.cursor;
      return [event];
    }
    this.hold(event);
    return this.release();
  }

  /** Holds an event for later. Beyond 256 events, or beyond HELD_MAX_LETTERS, only the cursor is remembered, and the log has the
   *  rest. */
  hold(event: SequencedEvent): void {
    if (event.cursor <= this.cursor) return;
    this.hear(event.cursor);
    const held = (this.#held ??= new Map());
    if (held.size >= HELD_MAX || this.#letters >= HELD_MAX_LETTERS || held.has(event.cursor)) return;
    held.set(event.cursor, event);
    this.#letters += event.frame.length;
  }

  /** The events that can be sent now, oldest first. */
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

  /** Starts over from a cursor. */
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
