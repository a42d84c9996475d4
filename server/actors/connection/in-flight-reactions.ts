import { IN_FLIGHT_MAX } from '../../protocol/limits.ts';

interface HeldAck {
  readonly frame: string;
  readonly isEvent: boolean;
}

/** Reactions of one connection that are not answered yet: in flight, or committed and waiting for their position in the stream.
 *  Their number is bounded [M7] [P9]. */
export class InFlightReactions {
  /** When the frames arrived that asked for them. Made with the first one: most connections have none. */
  #waiting: Map<string, number> | undefined;
  /** Acks by their cursors. */
  #pending: Map<number, HeldAck[]> | undefined;
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

  /** Lets an ack wait for its position in the stream. `isEvent`: it stands for the event there. Otherwise it says that nothing had to be
   *  changed since that event, which may be one of another kind [M6]. */
  hold(cursor: number, frame: string, isEvent: boolean): void {
    const pending = (this.#pending ??= new Map<number, HeldAck[]>());
    const known = pending.get(cursor);
    this.#held += 1;
    if (known === undefined) pending.set(cursor, [{ frame, isEvent }]);
    else known.push({ frame, isEvent });
  }

  /** What is sent at a position where acks wait: those that stand for the event, or the event, and then the others. Null if none waits. */
  framesAt(cursor: number, event: string): readonly string[] | null {
    const acks = this.#take(cursor);
    if (acks.length === 0) return null;
    const frames = acks.map(({ frame }) => frame);
    return acks.some(({ isEvent }) => isEvent) ? frames : [event, ...frames];
  }

  /** Acks whose position has passed without them: the log no longer holds the event. */
  due(cursor: number): readonly string[] {
    if (this.#pending === undefined || this.#pending.size === 0) return [];
    const passed = [...this.#pending.keys()].filter((at) => at <= cursor);
    return passed.flatMap((at) => this.#take(at)).map(({ frame }) => frame);
  }

  #take(cursor: number): readonly HeldAck[] {
    const acks = this.#pending?.get(cursor);
    if (acks === undefined) return NONE;
    this.#pending?.delete(cursor);
    this.#held -= acks.length;
    return acks;
  }
}

const NONE: readonly HeldAck[] = [];
