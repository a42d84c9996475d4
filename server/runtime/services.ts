import type { Asker } from './actor.ts';

/** A part of a thread that is reached like an actor but is not one: the writer, a pool, the sockets. It answers by `replyTo`. */
export type Service = (message: never, asker: Asker | undefined) => void;

/** The services of one thread, by kind. */
export class Services {
  readonly #byKind = new Map<string, Service>();
  readonly #queues: (() => number)[] = [];

  add(kind: string, service: Service, waiting?: () => number): void {
    this.#byKind.set(kind, service);
    if (waiting !== undefined) this.#queues.push(waiting);
  }

  get(kind: string): Service | undefined {
    return this.#byKind.get(kind);
  }

  /** How many messages each of those holds that have a queue of their own. */
  waiting(): readonly number[] {
    return this.#queues.map((size) => size());
  }
}
