import type { MessagePort } from 'node:worker_threads';
import type { ThreadName } from '../address.ts';
import type { Envelope } from '../envelope.ts';
import { Host, type HostOptions, type SendToThread } from '../host.ts';
import { andThen, type MaybePromise } from '../maybe-promise.ts';
import { Link, type Control } from './link.ts';
import { Stats } from './stats.ts';

export type Ports = readonly { readonly thread: ThreadName; readonly port: MessagePort }[];

/** How many envelopes a thread has taken in, in memory that it shares with the supervisor. Wraps around. */
export type Progress = Int32Array<SharedArrayBuffer>;

export const newProgress = (): Progress =>
  new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Runs in every worker thread: a host, its links, the answers to heartbeats. The promise `stopped` lasts as long as the thread: it
 *  resolves on `stop`, and a throw anywhere in the thread rejects the task that awaits it. */
export class Thread {
  readonly host: Host;
  readonly stats: Stats;
  readonly stopped: Promise<void>;
  readonly #links = new Map<ThreadName, Link>();
  readonly #onDie: (how: string) => void;
  #stop: () => void = () => undefined;
  readonly #beforeStop: () => MaybePromise<void>;
  readonly #progress: Progress;

  constructor(
    options: Omit<HostOptions, 'sendToThread' | 'onAnswered'>,
    { ports, progress }: { readonly ports: Ports; readonly progress: Progress },
    { onDie, beforeStop }: { onDie?: (how: string) => void; beforeStop?: () => MaybePromise<void> } = {},
  ) {
    this.#progress = progress;
    this.host = new Host({
      ...options,
      sendToThread: this.#route,
      onAnswered: (kind, ms) => {
        this.stats.sample(`ask_ms:${kind}`, ms);
      },
    });
    this.stats = new Stats(this.host);
    this.#onDie = onDie ?? (() => undefined);
    this.#beforeStop = beforeStop ?? (() => undefined);
    this.stopped = new Promise((resolve) => {
      this.#stop = resolve;
    });
    for (const { thread, port } of ports) this.#open(thread, port);
  }

  /** Tells the supervisor that this thread serves. */
  ready(): void {
    this.#links.get('edge')?.control({ c: 'ready' });
  }

  readonly #route: SendToThread = (thread, envelope) =>
    this.#links.get(thread)?.send(envelope) ?? 'thread-gone';

  #open(thread: ThreadName, port: MessagePort): void {
    const old = this.#links.get(thread);
    this.#links.set(thread, new Link(thread, port, this.#accept, this.#control));
    if (old !== undefined) {
      old.close();
      this.host.threadLost(thread);
    }
  }

  readonly #accept = (envelope: Envelope): void => {
    this.#progress[0] = (this.#progress[0] ?? 0) + 1;
    this.host.accept(envelope);
  };

  readonly #control = (control: Control, link: Link): void => {
    switch (control.c) {
      case 'ping':
        link.control({ c: 'pong', stats: this.stats.take(outstandingOf(this.#links)) });
        break;
      case 'link':
        this.#open(control.thread, control.port);
        break;
      case 'die':
        this.#onDie(control.how);
        break;
      case 'stop':
        void andThen(this.#beforeStop(), () => {
          this.host.stop();
          this.stats.stop();
          for (const each of this.#links.values()) {
            each.flush();
            each.close();
          }
          this.#stop();
        });
        break;
      case 'pong':
      case 'ready':
        break;
    }
  };
}

const outstandingOf = (links: ReadonlyMap<ThreadName, Link>): Record<string, number> =>
  Object.fromEntries([...links].map(([thread, link]) => [thread, link.outstanding]));
