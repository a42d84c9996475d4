import type { Actor, AnswerOf, Asker, Props, ReplyTo } from './actor.ts';
import { kindOf, keyOf, type Address, type Ref, type ThreadName } from './address.ts';
import { Asks } from './asks.ts';
import { Cell, type CellHost } from './cell.ts';
import type { Clock, Timer } from './clock.ts';
import { DeadLetters, type DeadLetterReason } from './dead-letters.ts';
import type { Directory } from './directory.ts';
import { Dispatcher } from './dispatcher.ts';
import type { Envelope, Fault, SendOutcome } from './envelope.ts';
import { CRASHED, errorOf, FULL, THREAD_AWAY } from './fault.ts';
import { Services, type Service } from './services.ts';
import type { Ids } from './ids.ts';
import type { Logger } from './log/log.ts';
import { Tally } from './tally.ts';

/** Takes envelopes to other threads. */
export type SendToThread = (thread: ThreadName, envelope: Envelope) => SendOutcome;

export interface HostOptions {
  readonly thread: ThreadName;
  readonly directory: Directory;
  readonly sendToThread: SendToThread;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  /** Questions that may wait for an answer at once. */
  readonly asksLimit?: number;
  /** How often this thread was started before; distinguishes its questions from earlier ones. */
  readonly life?: number;
  /** Sees each answered question's milliseconds. */
  readonly onAnswered?: (thread: ThreadName, ms: number) => void;
}

/** Messages one actor may take before its neighbours have a turn. */
const THROUGHPUT = 32;
const IDLE_SWEEP_MS = 10_000;

/** Hosts the actors of one thread: activates an actor on its first message, delivers one message at a time, passivates idle
 *  actors, and limits the effect of a throw to the actor that threw. Every method runs on the host's thread. */
export class Host implements CellHost {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly deadLetters: DeadLetters;
  readonly asks: Asks;
  /** What each message found in its mailbox, itself included. */
  readonly depths = new Tally();
  readonly #options: HostOptions;
  readonly #kinds = new Map<string, Props<unknown>>();
  readonly #services = new Services();
  readonly #cells = new Map<Address, Cell>();
  readonly #actorsByKind = new Map<string, number>();
  readonly #dispatcher = new Dispatcher((cell) => {
    this.#turn(cell);
  });
  #idleSweep: Timer | undefined;
  #stopped = false;

  constructor(options: HostOptions) {
    this.#options = options;
    this.clock = options.clock;
    this.ids = options.ids;
    this.log = options.log;
    this.deadLetters = new DeadLetters(options.clock, options.log);
    this.asks = new Asks(options.clock, options.asksLimit ?? 100_000, options.life);
    this.#scheduleIdleSweep();
  }

  /** Declares a kind of actor that this host may activate. */
  register<M>(props: Props<M>): void {
    this.#kinds.set(props.kind, props);
  }

  /** Puts an actor that already exists under an address (one per socket, say). It leaves only through `passivate`. */
  adopt<M>(ref: Ref<M>, props: Omit<Props<M>, 'create'>, actor: Actor<M>): void {
    this.#add(ref.address, new Cell(ref, props, actor, this));
  }

  /** `waiting`: how many messages the service holds, where it has a queue of its own; counted as a mailbox. */
  serve(kind: string, service: Service, waiting?: () => number): void {
    this.#services.add(kind, service, waiting);
  }

  get actors(): number {
    return this.#cells.size;
  }

  /** Kinds that it had once stay, with 0. */
  get actorsByKind(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#actorsByKind);
  }

  /** Messages waiting in all mailboxes, and the longest one. */
  get depth(): { total: number; longest: number } {
    let total = 0;
    let longest = 0;
    for (const cell of this.#cells.values()) {
      total += cell.mailbox.size;
      longest = Math.max(longest, cell.mailbox.size);
    }
    for (const size of this.#services.waiting()) {
      total += size;
      longest = Math.max(longest, size);
    }
    return { total, longest };
  }

  readonly tell = <T>(to: Ref<T>, message: NoInfer<T>): void => {
    this.#send(this.#options.directory(to.address), { k: 'tell', to: to.address, message });
  };

  readonly ask = <T, const Q extends T>(
    to: Ref<T>,
    question: Q,
    timeoutMs: number,
  ): Promise<AnswerOf<T, Q>> =>
    new Promise((resolve, reject) => {
      this.pipeAsk(to, question, timeoutMs, resolve as (answer: unknown) => void, (fault) => {
        reject(errorOf(fault));
      });
    });

  pipeAsk(
    to: Ref<never>,
    message: unknown,
    timeoutMs: number,
    answered: (a: unknown) => void,
    failed: (f: Fault) => void,
  ): void {
    const thread = this.#options.directory(to.address);
    const token = this.asks.add(thread, timeoutMs, answered, failed);
    if (token === undefined) {
      failed(FULL);
      return;
    }
    this.#send(thread, { k: 'ask', to: to.address, message, from: this.#options.thread, token });
  }

  reply<A>(to: ReplyTo<A> | undefined, answer: NoInfer<A>): void {
    if (to !== undefined) this.#answer({ k: 'reply', token: to.token, result: answer }, to);
  }

  fail(to: Asker | undefined, fault: Fault): void {
    if (to !== undefined) this.#answer({ k: 'fault', token: to.token, fault }, to);
  }

  #answer(envelope: Extract<Envelope, { k: 'reply' | 'fault' }>, to: Asker): void {
    if (to.from === this.#options.thread) this.accept(envelope);
    else if (this.#options.sendToThread(to.from, envelope) !== 'sent')
      this.deadLetters.add('thread-gone', undefined);
  }

  /** An envelope from a link, or one for this thread. */
  accept(envelope: Envelope): void {
    switch (envelope.k) {
      case 'tell':
      case 'ask':
        this.#deliver(envelope);
        break;
      case 'reply':
      case 'fault': {
        const pending = this.asks.take(envelope.token);
        if (pending === undefined) this.deadLetters.add('late-reply', undefined);
        else {
          this.#options.onAnswered?.(pending.thread, this.clock.monotonic() - pending.askedAt);
          if (envelope.k === 'reply') pending.answered(envelope.result);
          else pending.failed(envelope.fault);
        }
      }
    }
  }

  toSelf(cell: Cell, message: unknown): void {
    const to = cell.self.address;
    if (this.#cells.get(to) === cell && !this.#stopped) this.#offer(cell, { k: 'tell', to, message });
  }

  /** A thread is gone: what was asked of it fails now. */
  threadLost(thread: ThreadName): void {
    this.asks.failThread(thread);
  }

  stop(): void {
    this.#stopped = true;
    for (const cell of this.#cells.values()) this.#stopActor(cell);
    this.#cells.clear();
    this.#actorsByKind.clear();
    this.#idleSweep?.cancel();
    this.asks.stop();
  }

  #send(thread: ThreadName, envelope: Extract<Envelope, { k: 'tell' | 'ask' }>): void {
    if (thread === this.#options.thread) {
      this.#deliver(envelope);
      return;
    }
    const sent = this.#options.sendToThread(thread, envelope);
    if (sent !== 'sent') this.#refuse(envelope, sent, sent === 'link-full' ? FULL : THREAD_AWAY);
  }

  #deliver(envelope: Extract<Envelope, { k: 'tell' | 'ask' }>): void {
    const known = this.#cells.get(envelope.to);
    if (known !== undefined) {
      this.#offer(known, envelope);
      return;
    }
    const kind = kindOf(envelope.to);
    const service = this.#services.get(kind);
    if (service !== undefined) {
      service(envelope.message as never, envelope.k === 'ask' ? envelope : undefined);
      return;
    }
    const cell = this.#activate(envelope.to, kind);
    if (cell === undefined) this.#refuse(envelope, 'no-actor-kind', CRASHED);
    else this.#offer(cell, envelope);
  }

  #offer(cell: Cell, envelope: Extract<Envelope, { k: 'tell' | 'ask' }>): void {
    if (cell.mailbox.offer(envelope)) {
      this.depths.record(cell.mailbox.size);
      this.#dispatcher.schedule(cell);
    } else this.#refuse(envelope, 'mailbox-full', FULL);
  }

  #refuse(envelope: Extract<Envelope, { k: 'tell' | 'ask' }>, reason: DeadLetterReason, fault: Fault): void {
    this.deadLetters.add(reason, envelope.to);
    if (envelope.k === 'ask') this.fail(envelope, fault);
  }

  #activate(address: Address, kind: string): Cell | undefined {
    const props = this.#kinds.get(kind);
    if (props === undefined || this.#stopped) return undefined;
    try {
      const cell = new Cell({ address }, props, props.create(keyOf(address)), this);
      this.#add(address, cell);
      return cell;
    } catch (error) {
      this.log.error({ kind, err: error }, 'actor.activation-failed');
      return undefined;
    }
  }

  #turn(cell: Cell): void {
    for (let n = 0; n < THROUGHPUT && !cell.busy; n += 1) {
      const envelope = cell.mailbox.poll();
      if (envelope === undefined) break;
      this.#receive(cell, envelope);
    }
    if (cell.busy) return;
    this.#afterTurn(cell);
  }

  #afterTurn(cell: Cell): void {
    if (cell.mailbox.size > 0) this.#dispatcher.schedule(cell);
    else if (cell.leaving) this.#passivate(cell);
  }

  #receive(cell: Cell, envelope: Extract<Envelope, { k: 'tell' | 'ask' }>): void {
    cell.asker = envelope.k === 'ask' ? envelope : undefined;
    cell.usedAt = Math.floor(this.clock.monotonic());
    try {
      const done = cell.actor.receive(envelope.message, cell);
      if (done === undefined) return;
      cell.busy = true;
      done
        .catch((error: unknown) => {
          this.#crash(cell, envelope, error);
        })
        .finally(() => {
          cell.busy = false;
          this.#afterTurn(cell);
        });
    } catch (error) {
      this.#crash(cell, envelope, error);
    }
  }

  /** Ends an actor that threw: the asker gets an error, and waiting messages go to a new activation. The message that caused it
   *  is a dead letter and is not retried [P8]. */
  #crash(cell: Cell, envelope: Extract<Envelope, { k: 'tell' | 'ask' }>, error: unknown): void {
    this.log.error({ kind: kindOf(envelope.to), err: error }, 'actor.crashed');
    this.#refuse(envelope, 'actor-crashed', CRASHED);
    if (this.#cells.get(envelope.to) !== cell) return;
    this.#remove(cell);
    for (let waiting = cell.mailbox.poll(); waiting !== undefined; waiting = cell.mailbox.poll())
      this.#deliver(waiting);
  }

  #passivate(cell: Cell): void {
    if (this.#cells.get(cell.self.address) !== cell) return;
    this.#remove(cell);
  }

  #add(address: Address, cell: Cell): void {
    this.#cells.set(address, cell);
    this.#countKind(cell, 1);
  }

  #remove(cell: Cell): void {
    this.#cells.delete(cell.self.address);
    this.#countKind(cell, -1);
    this.#stopActor(cell);
  }

  #countKind({ props: { kind } }: Cell, by: 1 | -1): void {
    this.#actorsByKind.set(kind, (this.#actorsByKind.get(kind) ?? 0) + by);
  }

  #stopActor(cell: Cell): void {
    try {
      cell.actor.stop?.(cell);
    } catch (error) {
      this.log.error({ kind: kindOf(cell.self.address), err: error }, 'actor.stop-failed');
    }
  }

  #scheduleIdleSweep(): void {
    this.#idleSweep = this.clock.after(IDLE_SWEEP_MS, () => {
      if (this.#stopped) return;
      const now = this.clock.monotonic();
      for (const cell of this.#cells.values()) {
        const { idleMs } = cell.props;
        if (idleMs > 0 && !cell.busy && cell.mailbox.size === 0 && now - cell.usedAt >= idleMs)
          this.#passivate(cell);
      }
      this.#scheduleIdleSweep();
    });
  }
}
