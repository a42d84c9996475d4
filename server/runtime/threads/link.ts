import type { MessagePort } from 'node:worker_threads';
import type { ThreadName } from '../address.ts';
import type { Envelope, SendOutcome } from '../envelope.ts';
import { Packer, Unpacker, type Packed } from './packing.ts';
import type { ThreadLoad } from './thread-watch.ts';

/** Control messages of the supervisor, which a link carries beside envelopes. */
export type Control =
  | { readonly c: 'ping' }
  | { readonly c: 'pong'; readonly stats: ThreadStats }
  /** A fresh link to a peer; its port is transferred along. */
  | { readonly c: 'link'; readonly thread: ThreadName; readonly port: MessagePort }
  | { readonly c: 'ready' }
  | { readonly c: 'stop' }
  /** Test only: die in a given way. */
  | { readonly c: 'die'; readonly how: string };

/** Figures that a thread reports with each heartbeat. */
export interface ThreadStats {
  readonly actors: number;
  readonly actorsByKind: Readonly<Record<string, number>>;
  readonly mailboxDepth: number;
  readonly mailboxLongest: number;
  readonly asks: number;
  /** Envelopes sent to each other thread and not taken in yet. */
  readonly links: Readonly<Record<string, number>>;
  readonly deadLetters: Readonly<Record<string, number>>;
  /** Highest event-loop delay since the last heartbeat, milliseconds. */
  readonly loopLagMs: number;
  /** Absent if nobody watches it. */
  readonly load?: ThreadLoad;
  /** Counters of the thread's own, by metric name; they only rise. */
  readonly counters: Readonly<Record<string, number>>;
  /** Values since the last heartbeat, by histogram name. */
  readonly samples: Readonly<Record<string, readonly number[]>>;
}

interface Parcel {
  readonly e?: Packed;
  /** Credits given back: envelopes of the other side that were taken in. */
  readonly g?: number;
  readonly c?: Control;
}

const CREDITS = 32_768;
/** Credits are returned with the next parcel. They are sent on their own only if so many are owed, because a parcel wakes the
 *  other thread. */
const CREDITS_OWED_MAX = CREDITS / 8;

/** One direct connection between two threads: envelopes in order, one parcel a tick, and credits, because a
 *  MessagePort has no backpressure: past 32,768 envelopes that the other side has not taken in, `send` refuses tells and asks.
 *  Replies always go, they are bounded by the questions. */
export class Link {
  readonly thread: ThreadName;
  readonly #port: MessagePort;
  readonly #accept: (envelope: Envelope) => void;
  readonly #control: (control: Control, link: Link) => void;
  readonly #packer = new Packer();
  readonly #unpacker = new Unpacker();
  #owed = 0;
  #outstanding = 0;
  #flushing = false;
  #closed = false;

  constructor(
    thread: ThreadName,
    port: MessagePort,
    accept: (envelope: Envelope) => void,
    control: (control: Control, link: Link) => void,
  ) {
    this.thread = thread;
    this.#port = port;
    this.#accept = accept;
    this.#control = control;
    port.on('message', this.#onParcel);
  }

  get outstanding(): number {
    return this.#outstanding;
  }

  send(envelope: Envelope): SendOutcome {
    if (this.#closed) return 'thread-gone';
    if (this.#outstanding >= CREDITS && (envelope.k === 'tell' || envelope.k === 'ask')) return 'link-full';
    this.#outstanding += 1;
    this.#packer.add(envelope);
    this.#scheduleFlush();
    return 'sent';
  }

  /** Sends a control message immediately, without using credits. */
  control(control: Control): void {
    if (this.#closed) return;
    this.flush();
    this.#port.postMessage({ c: control } satisfies Parcel, control.c === 'link' ? [control.port] : []);
  }

  close(): void {
    this.#closed = true;
    this.#port.close();
  }

  flush(): void {
    if (this.#closed || (this.#packer.isEmpty && this.#owed === 0)) return;
    const g = this.#owed;
    this.#owed = 0;
    this.#port.postMessage((this.#packer.isEmpty ? { g } : { e: this.#packer.take(), g }) satisfies Parcel);
  }

  /** After the poll phase, so that everything one tick makes travels in one parcel. */
  #scheduleFlush(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      this.flush();
    });
  }

  readonly #onParcel = (parcel: Parcel): void => {
    if (parcel.c !== undefined) this.#control(parcel.c, this);
    if (parcel.g !== undefined) this.#outstanding -= parcel.g;
    if (parcel.e === undefined) return;
    this.#owed += parcel.e.count;
    if (this.#owed >= CREDITS_OWED_MAX) this.#scheduleFlush();
    for (const envelope of this.#unpacker.envelopes(parcel.e)) this.#accept(envelope);
  };
}
