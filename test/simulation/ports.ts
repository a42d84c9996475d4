import type { MessagePort } from 'node:worker_threads';
import { Pipe } from './pipe.ts';
import type { Life, Scheduler } from './scheduler.ts';

type Listener = (parcel: unknown) => void;

/** One end of a port between two threads, as `Link` uses it. What arrives before somebody listens waits. */
export class SimPort {
  #listener: Listener | undefined;
  #closed = false;
  #in: Pipe<unknown> | undefined;
  #out: Pipe<unknown> | undefined;

  join(incoming: Pipe<unknown>, out: Pipe<unknown>): void {
    this.#in = incoming;
    this.#out = out;
    incoming.hold(true);
  }

  on(_event: 'message', listener: Listener): this {
    this.#listener = listener;
    this.#in?.hold(false);
    return this;
  }

  postMessage(parcel: unknown): void {
    if (!this.#closed) this.#out?.send(parcel);
  }

  close(): void {
    this.#closed = true;
  }

  /** The thread that held this end is no more: what it had posted last may be lost. */
  die(): void {
    this.#closed = true;
    this.#out?.cut();
  }

  arrive(parcel: unknown): void {
    if (!this.#closed) this.#listener?.(parcel);
  }
}

export interface PortPair {
  readonly a: SimPort;
  readonly b: SimPort;
}

/** Copies what a real port would copy; ports themselves are handed over. */
const copied = (parcel: unknown): unknown =>
  typeof parcel === 'object' && parcel !== null && 'c' in parcel ? parcel : structuredClone(parcel);

export const openPorts = (
  scheduler: Scheduler,
  a: Life,
  b: Life,
  delay: () => number,
  copy: boolean,
): PortPair => {
  const pair = { a: new SimPort(), b: new SimPort() };
  const pipeTo = (to: SimPort, life: Life): Pipe<unknown> =>
    new Pipe(scheduler, life, delay, (parcel) => {
      to.arrive(copy ? copied(parcel) : parcel);
    });
  const [toA, toB] = [pipeTo(pair.a, a), pipeTo(pair.b, b)];
  pair.a.join(toA, toB);
  pair.b.join(toB, toA);
  return pair;
};

/** The simulator's port in the type's place: `Link` uses `on`, `postMessage` and `close` alone. */
export const asPort = (port: SimPort): MessagePort => port as unknown as MessagePort;
