import type { Outbound } from '../../server/edge/ws/outbound.ts';
import type { OpenSocket } from '../../server/edge/ws/open-socket.ts';
import type { ClientSocket } from '../../ui/net/link.ts';
import { Pipe } from './pipe.ts';
import type { SimServer } from './edge.ts';
import type { Life } from './scheduler.ts';
import type { Observer } from './observer.ts';
import type { World } from './world.ts';

type Down = { readonly text: string } | { readonly close: number } | { readonly open: true };

/** What the edge keeps beside a socket. */
export interface ServerEnd {
  readonly outbound: Outbound;
  readonly live: OpenSocket;
  /** What the device last said of this connection. */
  visible: boolean;
  received(text: string): void;
  closed(): void;
}

const ABNORMAL = 1006;

/** One socket between a device and the server: two streams that may be slow, or end, but never have a hole. */
export class SimConnection implements ClientSocket {
  onopen: ClientSocket['onopen'] = null;
  onmessage: ClientSocket['onmessage'] = null;
  onclose: ClientSocket['onclose'] = null;
  server: ServerEnd | undefined;
  /** The process that the connection has come to. */
  process: SimServer | undefined;
  /** Frames of this connection as they reach the device. */
  observer: Observer | undefined;
  readonly #world: World;
  readonly #up: Pipe<string | null>;
  readonly #down: Pipe<Down>;
  readonly #device: Life;
  #clientDone = false;
  #serverDone = false;
  #isCut = false;
  #weight = 0;

  constructor(world: World, device: Life) {
    this.#world = world;
    this.#device = device;
    const { scheduler } = world;
    this.#up = new Pipe(
      scheduler,
      world.life,
      () => world.latency(),
      (text) => {
        if (text === null) this.#serverCloses();
        else if (!this.#serverDone) this.process?.reach(() => this.server?.received(text));
      },
    );
    this.#down = new Pipe(
      scheduler,
      device,
      () => world.latency(),
      (item) => {
        this.#arrived(item);
      },
    );
  }

  /** The line is broken, whether or not the two ends have heard of it. */
  get isCut(): boolean {
    return this.#isCut;
  }

  get isOpen(): boolean {
    return !this.#clientDone && !this.#serverDone;
  }

  /** The server's end is over, perhaps before it began. */
  get isOver(): boolean {
    return this.#serverDone;
  }

  // The device's end.

  send(text: string): void {
    if (this.#clientDone) return;
    this.observer?.sent(text);
    this.#up.send(text);
    const { calm, plan, random, scheduler } = this.#world;
    // `sync` alone means something else the second time.
    if (calm || text.includes('"type":"sync"') || !random.chance(plan.duplicates)) return;
    scheduler.after(
      3 * this.#world.latency(),
      () => {
        this.#up.send(text);
      },
      this.#world.life,
    );
  }

  close(): void {
    if (this.#clientDone) return;
    this.#clientDone = true;
    this.#up.send(null);
  }

  // The server's end: what uWS offers.

  get wire() {
    return {
      send: (text: unknown) => {
        if (!this.#serverDone) this.observer?.leaving(String(text));
        this.#down.send({ text: String(text) });
        return 1;
      },
      cork: (run: () => void) => {
        run();
      },
      end: (code?: number) => {
        this.#down.send({ close: code ?? ABNORMAL });
        this.#serverCloses();
      },
      getBufferedAmount: () => this.#buffered(),
    };
  }

  opened(): void {
    this.#down.send({ open: true });
  }

  refused(): void {
    this.#serverDone = true;
    this.#down.send({ close: ABNORMAL });
  }

  /** The reader stops reading; each waiting byte counts as many, so that small histories reach the limits. */
  slow(weight: number): void {
    this.#weight = weight;
    this.#down.hold(weight > 0);
  }

  /** The line breaks: each side hears of it in its own time, and of what was under way only a first part arrives. */
  cut(deviceHearsMs: number, serverHearsMs: number): void {
    const { scheduler, life } = this.#world;
    this.slow(0);
    this.#isCut = true;
    this.#up.cut();
    this.#down.cut();
    scheduler.after(
      deviceHearsMs,
      () => {
        this.#deviceCloses(ABNORMAL);
      },
      this.#device,
    );
    scheduler.after(
      serverHearsMs,
      () => {
        this.#serverCloses();
      },
      life,
    );
  }

  /** The device is gone: its system ends the connection. */
  abandoned(): void {
    if (this.#clientDone) return;
    this.#clientDone = true;
    this.#up.cut();
    this.#world.scheduler.after(
      this.#world.latency(),
      () => {
        this.#serverCloses();
      },
      this.#world.life,
    );
  }

  #arrived(item: Down): void {
    if ('open' in item) this.onopen?.();
    else if ('close' in item) this.#deviceCloses(item.close);
    else if (!this.#clientDone) {
      this.observer?.arrived(item.text);
      this.onmessage?.({ data: item.text });
    }
    if (!this.#serverDone) this.process?.reach(() => this.server?.outbound.drained());
  }

  #deviceCloses(code: number): void {
    if (this.#clientDone) return;
    this.#clientDone = true;
    this.#up.send(null);
    this.onclose?.({ code });
  }

  #serverCloses(): void {
    if (this.#serverDone) return;
    this.#serverDone = true;
    this.process?.reach(() => this.server?.closed());
  }

  #buffered(): number {
    if (this.#weight === 0) return 0;
    let bytes = 0;
    for (const item of this.#down.items) if ('text' in item) bytes += item.text.length;
    return bytes * this.#weight;
  }
}
