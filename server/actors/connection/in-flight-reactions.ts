import { IN_FLIGHT_MAX } from '../../protocol/limits.ts';

/** Reactions of one connection that are not answered yet: in flight, or committed and waiting for their position in the stream, where the
 *  ack takes the place of the event. Their number is bounded [M7] [P9]. */
export class InFlightReactions {
  /** When the frames arrived that asked for them. Made with the first one: most connections have none. */
  #waiting: Map<string, number> | undefined;
  /** Acks by their cursors. */
  #pending: Map<number, string[]> | undefined;
  /** All of them: one cursor may have many. */
  #held = 0;

  /** False if too many are in flight. `arrivedAt`: of the monotonic clock. */
  add(requestId: string, arrivedAt: number): boolean {
    if ((this.#waiting?.size ?? 0) + this.#held >= IN_FLIGHT_MAX) return false;
    (this.#waiting ??= new Map()).set(requestId, arrivedAt);
    return true;
  }

  has(requestId: string): boolean {
    return this.#waiting?.has(requestId) ?? false;
  }

  /** An answer has arrived. Returns when the frame arrived that asked for it. */
  settle(requestId: string): number | undefined {
    const arrivedAt = this.#waiting?.get(requestId);
    this.#waiting?.delete(requestId);
    return arrivedAt;
  }

  /** Lets an ack wait for its position in the stream. Two that say the same have the same cursor, and both are sent there. */
  hold(cursor: number, ack: string): void {
    const pending = (this.#pending ??= new Map<number, string[]>());
    const known = pending.get(cursor);
    this.#held += 1;
    if (known === undefined) pending.set(cursor, [ack]);
    else known.push(ack);
  }

  /** The acks for an event that is about to be sent: they are sent in its place. */
  take(cursor: number): readonly string[] {
    const acks = this.#pending?.get(cursor);
    if (acks === undefined) return NONE;
    this.#pending?.delete(cursor);
    this.#held -= acks.length;
    return acks;
  }

  /** Acks whose position has passed without them: the log no longer holds the event. */
  due(cursor: number): readonly string[] {
    if (this.#pending === undefined || this.#pending.size === 0) return NONE;
    return [...this.#pending.keys()].filter((at) => at <= cursor).flatMap((at) => this.take(at));
  }
}

const NONE: readonly string[] = [];
