import type { ReplyTo } from './actor.ts';

/** A part of a thread that is reached like an actor but is not one: the writer, a pool, the sockets. */
export type Gateway = (message: never, replyTo: ReplyTo | undefined) => void;

/** The gateways of one thread, by kind. */
export class Gateways {
  readonly #byKind = new Map<string, Gateway>();
  readonly #queues: (() => number)[] = [];

  add(kind: string, gateway: Gateway, waiting?: () => number): void {
    this.#byKind.set(kind, gateway);
    if (waiting !== undefined) this.#queues.push(waiting);
  }

  get(kind: string): Gateway | undefined {
    return this.#byKind.get(kind);
  }

  /** How many messages each of those holds that have a queue of their own. */
  waiting(): readonly number[] {
    return this.#queues.map((size) => size());
  }
}
