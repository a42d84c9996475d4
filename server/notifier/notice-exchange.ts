import type { Clock, Timer } from '../runtime/clock.ts';
import { readNotice, type Notice } from './notice.ts';
import { NoticeGatherer } from './notice-gatherer.ts';
import { NoticeSeal, PAYLOAD_MAX_BYTES, type NoticeEnvelope } from './notice-seal.ts';
import { HEARTBEAT_MS, NoticeSequence, type Missed, type MissedReason } from './notice-sequence.ts';
import type { Notifier, NotifierEvents, NotifierStats } from './notifier.ts';

/** What is told within this time goes out together. */
const GATHER_MS = 2;
const ENTRIES_MAX = 20_000;
const LOOK_EVERY_MS = 250;

export interface ExchangeDeps {
  readonly clock: Clock;
  /** As the database knows this host: new with each start of the process. */
  readonly hostId: string;
  /** How many threads of this process have had an exchange before, since one that dies is replaced. Numbers must not come twice. */
  readonly life: number;
  /** The same on every host. */
  readonly secret: string | Uint8Array;
  readonly open: (events: NotifierEvents) => Notifier;
  /** Another host has something to tell. */
  readonly onNotice: (notice: Notice) => void;
  /** Compare what is connected here with the database. This may come often while a channel is bad: whoever compares does so once for all
   *  that come meanwhile. */
  readonly onMissed: (missed: Missed) => void;
  readonly onState: NotifierEvents['onState'];
}

/** For metrics. Counts only rise. */
export interface ExchangeStats {
  readonly notifier: NotifierStats;
  /** Whether what this host publishes comes back to it. */
  readonly isHeard: boolean;
  readonly hosts: number;
  readonly missed: Readonly<Partial<Record<MissedReason, number>>>;
  /** Envelopes that came twice or too late. */
  readonly repeated: number;
  /** Bytes that no host of this cluster has sealed. */
  readonly refused: number;
  /** Entries that did not go out because too many were waiting. */
  readonly droppedEntries: number;
}

/** What one host tells the others and hears of them. The database is the truth: all that comes from here is that it is worth a look. */
export class NoticeExchange {
  readonly #deps: ExchangeDeps;
  readonly #gatherer = new NoticeGatherer(ENTRIES_MAX, PAYLOAD_MAX_BYTES);
  #seal: NoticeSeal;
  readonly #sequence: NoticeSequence;
  readonly #notifier: Notifier;
  #gatherTimer: Timer | null = null;
  #heartbeatTimer: Timer | null = null;
  #lookTimer: Timer | null = null;
  #reportedDrops = 0;
  /** The next number is left out. */
  #isOwing = false;
  readonly #missed = new Map<MissedReason, number>();
  #repeated = 0;
  #refused = 0;

  constructor(deps: ExchangeDeps) {
    this.#deps = deps;
    this.#seal = new NoticeSeal(deps.secret, deps.hostId);
    this.#sequence = new NoticeSequence(deps.clock, deps.hostId, deps.life);
    this.#notifier = deps.open({
      onNotice: this.#hear.bind(this),
      onState: this.#changeState.bind(this),
    });
    this.#beat();
    this.#lookLater();
  }

  get stats(): ExchangeStats {
    return {
      notifier: this.#notifier.stats,
      isHeard: this.#sequence.isHeard,
      hosts: this.#sequence.hosts,
      missed: Object.fromEntries(this.#missed),
      repeated: this.#repeated,
      refused: this.#refused,
      droppedEntries: this.#gatherer.dropped,
    };
  }

  /** The other hosts that are watched. */
  get hosts(): number {
    return this.#sequence.hosts;
  }

  /** Something is not told. As soon as there is another host, a number is left out: the others find the gap and look for themselves. */
  omit(): void {
    this.#isOwing = true;
  }

  /** Tells all other hosts, after the commit of what it is about. */
  publish(notice: Notice): void {
    this.#gatherer.add(notice);
    this.#gatherTimer ??= this.#deps.clock.after(GATHER_MS, () => {
      this.#gatherTimer = null;
      this.#send();
    });
  }

  /** The hosts that there are, as the database says. One of them that is not heard is a reason to compare. */
  listHosts(hostIds: readonly string[]): void {
    this.#sequence.list(hostIds).forEach(this.#report.bind(this));
  }

  /** The others had given this host up, and it is registered anew. */
  rename(hostId: string): void {
    this.#seal = new NoticeSeal(this.#deps.secret, hostId);
    this.#sequence.rename(hostId);
  }

  async close(): Promise<void> {
    for (const timer of [this.#gatherTimer, this.#heartbeatTimer, this.#lookTimer]) timer?.cancel();
    await this.#notifier.close();
  }

  #send(): void {
    for (const payload of this.#gatherer.take()) this.#publish(payload);
    const { dropped } = this.#gatherer;
    if (dropped === this.#reportedDrops) return;
    this.#reportedDrops = dropped;
    this.omit();
  }

  #publish(payload: Uint8Array): void {
    if (this.#isOwing && this.#sequence.hosts > 0) {
      this.#isOwing = false;
      this.#sequence.next();
    }
    this.#notifier.publish(this.#seal.seal(this.#sequence.next(), payload));
  }

  #beat(): void {
    this.#heartbeatTimer = this.#deps.clock.after(HEARTBEAT_MS, this.#beat.bind(this));
    // One that cannot go out would be a gap without a loss.
    if (this.#notifier.stats.isAlive) this.#publish(new Uint8Array());
  }

  #lookLater(): void {
    this.#lookTimer = this.#deps.clock.after(LOOK_EVERY_MS, () => {
      this.#lookLater();
      this.#sequence.tick().forEach(this.#report.bind(this));
    });
  }

  #changeState(isAlive: boolean, reason: string): void {
    this.#deps.onState(isAlive, reason);
    if (!isAlive) return;
    // What was told while nobody listened is found by comparing, and what is told from here on is heard.
    this.#report({ reason: 'connected', hostId: null });
    this.#publish(new Uint8Array());
  }

  #hear(bytes: Uint8Array): void {
    const opened = this.#seal.open(bytes);
    if (opened.kind === 'opened') this.#receive(opened.envelope);
    else if (opened.kind === 'refused') this.#refused += 1;
    else this.#report(this.#sequence.heardNewerVersion());
  }

  #receive({ hostId, number, payload }: NoticeEnvelope): void {
    const { isNew, missed } = this.#sequence.heard(hostId, number);
    if (!isNew) {
      this.#repeated += 1;
      return;
    }
    this.#report(missed);
    // The connections of this host have been told already.
    if (payload.length === 0 || this.#sequence.isOwn(hostId)) return;
    const notice = readNotice(payload);
    if (notice === null) this.#report({ reason: 'unreadable', hostId });
    else this.#deps.onNotice(notice);
  }

  #report(missed: Missed | null): void {
    if (missed === null) return;
    this.#missed.set(missed.reason, (this.#missed.get(missed.reason) ?? 0) + 1);
    this.#deps.onMissed(missed);
  }
}
