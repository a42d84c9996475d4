import type { Fault } from '../runtime/envelope.ts';
import { helper, type EncodedPage } from './refs.ts';
import { ReadRetry } from './read-retry.ts';
import type { OpenSession, SessionContext, SessionPrivate, StreamState } from './session-deps.ts';
import { Sequencer, type SequencedEvent } from './sequencer.ts';

/** `mark`: the client waits for `sync` at the end, and knows that numbers may be left out until then.
 *  `undeliveredTo`: up to this number only what no device has acknowledged; what came since is read in full, because the
 *  client, which asked elsewhere how things stood, can't know it. [O6] */
interface Reading {
  readonly undeliveredTo: number | null;
  readonly mark: boolean;
}

type Phase =
  | { readonly name: 'live' }
  | ReadingPhase
  /** The socket is full: live is skipped, and read from the log once it has drained. */
  | { readonly name: 'lagging' };

/** A page is being read, or sent as the socket takes it. */
interface ReadingPhase {
  readonly name: 'reading';
  readonly reading: Reading;
  /** `null`: it was forgotten, and is read again once the socket takes more. */
  page: EncodedPage | undefined | null;
  /** What of `page` comes next. */
  at: number;
  /** The page after `page`, read while that one is sent. */
  ahead: EncodedPage | undefined;
  /** A page has been asked for and has not come. */
  asked: boolean;
}

const LIVE: Phase = { name: 'live' };
/** Events of one page. More of the usual length would not fit its letters, and what doesn't fit is read in vain. */
const PAGE_EVENTS = 256;
const READ_TIMEOUT_MS = 10_000;
/** How long an event may be missing before it is read from the log. Pushes come from the writer alone and in order: one that is missing
 *  was lost with a thread or at a full link, and its neighbours may be lost with it. */
const GAP_MS = 40;
/** How long a page is kept for a socket that takes nothing. Most that are full have room again in a moment. */
const STALL_MS = 1_000;

/** Brings one connection from its cursor to the present and keeps it there: history from the log in pages, the mark `sync`,
 *  then live; back to the log whenever live has a hole or the socket can't follow. Live events that arrive
 *  while the log is read are held, not lost: subscribed first, read second. [P4] [P9] */
export class CatchUp {
  readonly #session: OpenSession;
  readonly #sequencer = new Sequencer(0);
  #phase = LIVE;
  #told: StreamState | null = null;
  #round = 0;
  readonly #retry = new ReadRetry();
  #gapTimer = false;
  #stallTimer = false;
  /** The client asked for a further `sync` while one was under way. */
  #next: { cursor: number } | undefined;

  constructor(session: OpenSession) {
    this.#session = session;
  }

  get cursor(): number {
    return this.#sequencer.cursor;
  }

  start(cursor: number, reading: Reading, context: SessionContext): void {
    this.#sequencer.restart(cursor);
    this.#read(reading, context);
  }

  /** Nothing was missed: the log, looked at after subscribing, ends at `cursor`. */
  follow(cursor: number, reading: Reading, context: SessionContext): void {
    this.#sequencer.restart(cursor);
    this.#caughtUp(reading, context);
  }

  /** The client asks to be replayed from a cursor. One at a time; the last one asked for wins. */
  sync(cursor: number, context: SessionContext): void {
    if (this.#phase.name === 'reading') this.#next = { cursor };
    else this.start(cursor, { undeliveredTo: null, mark: true }, context);
  }

  live(event: SequencedEvent, context: SessionContext): void {
    if (this.#phase.name === 'lagging') return;
    if (this.#phase.name === 'reading') {
      if (this.#phase.page === null) this.#sequencer.hear(event.cursor);
      else this.#sequencer.hold(event);
      return;
    }
    this.#sendLive(this.#sequencer.take(event));
    if (this.#sequencer.hasGap && this.#isLive() && !this.#gapTimer) {
      this.#gapTimer = true;
      context.schedule(GAP_MS, { type: 'gap' });
    }
  }

  /** Something has been missing for a while: unless it came after all, the log has it. */
  gap(context: SessionContext): void {
    this.#gapTimer = false;
    if (this.#sequencer.hasGap) this.#readOn(context);
  }

  /** The log reaches up to `cursor`. What is being read may have been read before, so it is compared when that has been sent. */
  verify(cursor: number, context: SessionContext): void {
    this.#sequencer.hear(cursor);
    if (this.#sequencer.hasGap) this.#readOn(context);
  }

  #readOn(context: SessionContext): void {
    if (this.#phase.name === 'live') this.#read({ undeliveredTo: null, mark: false }, context);
  }

  drained(context: SessionContext): void {
    if (this.#phase.name === 'lagging') this.#read({ undeliveredTo: null, mark: false }, context);
    else if (this.#phase.name !== 'reading' || this.#phase.page !== null) this.#sendPage(context);
    else this.#read(this.#phase.reading, context);
  }

  /** A socket has been full for a while: what it will not take soon is not kept for it; the log has it. [P9] */
  stalled(): void {
    this.#stallTimer = false;
    const phase = this.#phase;
    if (phase.name !== 'reading' || !phase.page || !this.#session.socket.congested) return;
    phase.page = null;
    phase.ahead = undefined;
    // A page that is still on its way is for nobody.
    this.#round += 1;
    this.#sequencer.drop();
  }

  page({ page, round }: Extract<SessionPrivate, { type: 'page' }>, context: SessionContext): void {
    const phase = this.#phase;
    if (round !== this.#round || phase.name !== 'reading') return;
    phase.asked = false;
    this.#retry.succeeded();
    if (phase.page === undefined) {
      this.#turnTo(page, phase, context);
      this.#sendPage(context);
    } else phase.ahead = page;
  }

  /** A page could not be read. What asking again can't mend, and what has failed too often, ends the connection with a reason. */
  readFailed(round: number, fault: Fault, context: SessionContext): void {
    if (round !== this.#round || this.#phase.name !== 'reading') return;
    this.#phase.asked = false;
    const verdict = this.#retry.failed(fault);
    if ('againMs' in verdict) context.schedule(verdict.againMs, { type: 'read-again' });
    else {
      this.#session.refuse(fault.code, fault.detail, null, context);
      this.#session.close(verdict.closeCode, 'the log cannot be read', context);
    }
  }

  readAgain(context: SessionContext): void {
    const phase = this.#phase;
    if (phase.name !== 'reading' || phase.page !== undefined || phase.asked) return;
    this.#ask(phase, this.#sequencer.cursor, context);
  }

  #read(reading: Reading, context: SessionContext): void {
    const unread = { page: undefined, at: 0, ahead: undefined, asked: false };
    const phase: ReadingPhase = { name: 'reading', reading, ...unread };
    this.#enter(phase);
    this.#ask(phase, this.#sequencer.cursor, context);
  }

  /** Begins a page, and has the next one read meanwhile. */
  #turnTo(page: EncodedPage, phase: ReadingPhase, context: SessionContext): void {
    phase.page = page;
    phase.at = 0;
    const { undeliveredTo } = phase.reading;
    if (page.more && this.#next === undefined && page.cursor < (undeliveredTo ?? Infinity))
      this.#ask(phase, page.cursor, context);
  }

  #ask(phase: ReadingPhase, cursor: number, context: SessionContext): void {
    phase.asked = true;
    this.#round += 1;
    const round = this.#round;
    const { userId } = this.#session.identity;
    const undeliveredOnly = phase.reading.undeliveredTo !== null;
    context.pipe(
      helper,
      { type: 'log', userId, cursor, limit: PAGE_EVENTS, undeliveredOnly },
      READ_TIMEOUT_MS,
      (page) => ({ type: 'page', page, round }),
      (fault) => ({ type: 'read-failed', fault, round }),
    );
  }

  /** As much of the page as the socket takes; the rest after `drained`. */
  #sendPage(context: SessionContext): void {
    const phase = this.#phase;
    if (phase.name !== 'reading' || !phase.page) return;
    const { page, reading } = phase;
    while (phase.at < page.frames.length) {
      if (this.#session.socket.congested) {
        this.#stall(context);
        return;
      }
      this.#sendEntry(page, phase.at, reading, context);
      phase.at += 1;
    }
    const limit = reading.undeliveredTo ?? Infinity;
    const upTo = Math.min(page.cursor, limit);
    if (upTo > this.#sequencer.cursor) {
      this.#sequencer.readTo(upTo);
      if (!reading.mark) this.#sync(upTo, context);
    }
    for (const ack of this.#session.inFlight.due(this.#sequencer.cursor)) this.#session.socket.send(ack);
    if (this.#next !== undefined) {
      const { cursor } = this.#next;
      this.#next = undefined;
      this.start(cursor, { undeliveredTo: null, mark: true }, context);
      return;
    }
    if (page.cursor > limit || (page.more && page.cursor === limit)) {
      this.#read({ ...reading, undeliveredTo: null }, context);
      return;
    }
    if (page.more) {
      const { ahead } = phase;
      phase.page = phase.ahead = undefined;
      if (ahead !== undefined) {
        this.#turnTo(ahead, phase, context);
        this.#sendPage(context);
      } else if (!phase.asked) this.#ask(phase, this.#sequencer.cursor, context);
      return;
    }
    this.#caughtUp(reading, context);
  }

  #stall(context: SessionContext): void {
    if (this.#stallTimer) return;
    this.#stallTimer = true;
    context.schedule(STALL_MS, { type: 'stalled' });
  }

  #sendEntry(
    { cursors, frames, sent }: EncodedPage,
    at: number,
    reading: Reading,
    context: SessionContext,
  ): void {
    const cursor = cursors[at] ?? 0;
    if (cursor <= this.#sequencer.cursor || cursor > (reading.undeliveredTo ?? Infinity)) return;
    // Receipts that are covered are not in the log any more. A client that is not replaying counts on every number, so it is
    // told where the count goes on. [O7]
    if (cursor !== this.#sequencer.cursor + 1 && !reading.mark) this.#sync(cursor - 1, context);
    this.#sequencer.readTo(cursor);
    const { inFlight: unanswered, socket } = this.#session;
    const own = sent[at];
    socket.send(own !== undefined && unanswered.ack(own.messageId) ? own.ack : (frames[at] ?? ''));
  }

  #sync(cursor: number, context: SessionContext): void {
    this.#session.send('sync', { cursor, complete: true }, context);
  }

  #caughtUp(reading: Reading, context: SessionContext): void {
    this.#enter(LIVE);
    if (reading.mark) this.#sync(this.#sequencer.cursor, context);
    this.#sendLive(this.#sequencer.release());
    if (this.#sequencer.hasGap) this.#readOn(context);
  }

  /** The connection is over. */
  end(): void {
    this.#tell(null);
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#tell(phase.name);
  }

  #tell(state: StreamState | null): void {
    if (state === this.#told) return;
    this.#session.deps.onState?.(this.#told, state);
    this.#told = state;
  }

  #isLive(): boolean {
    return this.#phase.name === 'live';
  }

  #sendLive(events: readonly SequencedEvent[]): void {
    for (const { frame, acks } of events) {
      if (acks !== undefined) this.#session.inFlight.ack(acks);
      if (!this.#session.socket.send(frame)) this.#enter({ name: 'lagging' });
    }
    if (this.#phase.name === 'lagging') this.#sequencer.drop();
  }
}
