import { IN_FLIGHT_MAX } from '../protocol/limits.ts';
import type { Pair } from '../storage/store.ts';

export interface PendingAck {
  readonly cursor: number;
  readonly frame: string;
}

interface Entry {
  readonly pair: Pair;
  readonly content: string;
  /** Answers of the conversation still to come: one for each time it was sent. */
  waiting: number;
  /** Committed, and its ack waits for its place in the stream. */
  pending: PendingAck | null;
  /** The connection has its ack. */
  acked: boolean;
}

/** Messages that came over one connection and whose ack it does not have yet: under way, or committed and waiting for
 *  their place in the stream. Every repeat gets an answer; all together are bounded. [D4] [P9] */
export class InFlightSends {
  /** Made with the first one: most connections only wait. */
  #entries: Map<string, Entry> | undefined;
  #waiting = 0;
  #pending = 0;

  /** `conflict`: the id is under way with other content; `full`: too many are under way. */
  add(id: string, pair: Pair, content: string): 'added' | 'conflict' | 'full' {
    const entry = this.#entries?.get(id);
    const isSame =
      entry?.content === content && entry.pair.first === pair.first && entry.pair.second === pair.second;
    if (entry !== undefined && !isSame) return 'conflict';
    if (this.#waiting + this.#pending >= IN_FLIGHT_MAX) return 'full';
    this.#waiting += 1;
    if (entry !== undefined) entry.waiting += 1;
    else (this.#entries ??= new Map()).set(id, { pair, content, waiting: 1, pending: null, acked: false });
    return 'added';
  }

  /** Under way, or waiting for its place in the stream. */
  has(id: string): boolean {
    return this.#entries?.has(id) ?? false;
  }

  /** An answer of the conversation has come. Says whether the connection has an ack for this message already. */
  settle(id: string): 'acked' | 'unacked' {
    const entry = this.#entries?.get(id);
    if (entry === undefined) return 'acked';
    this.#waiting -= 1;
    entry.waiting -= 1;
    this.#forget(id, entry);
    return entry.acked ? 'acked' : 'unacked';
  }

  /** The ack waits for its place in the stream. To be called with the answer, before it is settled. */
  hold(id: string, ack: PendingAck): void {
    const entry = this.#entries?.get(id);
    if (entry === undefined || entry.acked || entry.pending !== null) return;
    entry.pending = ack;
    this.#pending += 1;
  }

  /** The connection gets its ack now, whichever way. False: it has it already, or never sent the message. */
  ack(id: string): boolean {
    const entry = this.#entries?.get(id);
    if (entry === undefined || entry.acked) return false;
    entry.acked = true;
    if (entry.pending !== null) this.#pending -= 1;
    entry.pending = null;
    this.#forget(id, entry);
    return true;
  }

  /** Acks whose place has gone by without them: a replay of what is undelivered leaves one's own messages out. */
  due(cursor: number): readonly string[] {
    if (this.#pending === 0 || this.#entries === undefined) return [];
    return [...this.#entries].flatMap(([id, { pending }]) => {
      if (pending === null || pending.cursor > cursor) return [];
      this.ack(id);
      return [pending.frame];
    });
  }

  #forget(id: string, entry: Entry): void {
    if (entry.waiting === 0 && entry.pending === null) this.#entries?.delete(id);
  }
}
