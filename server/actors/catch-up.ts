import { BACKLOG_PAGE } from '../protocol/limits.ts';
import { helper, type EncodedPage, type LogEntry } from './refs.ts';
import type { OpenSession, SessionContext, SessionPrivate, StreamState } from './session-parts.ts';
import { Stream, type Numbered } from './stream.ts';

/** `mark`: the client waits for `sync` at the end, and knows that numbers may be left out until then.
 *  `undeliveredTo`: up to this number only what no device has acknowledged; what came since is read in full, because the
 *  client, which asked elsewhere how things stood, can't know it. [O6] */
interface Reading {
  readonly undeliveredTo: number | null;
  readonly mark: boolean;
}

type Phase =
  | { readonly name: 'live' }
  /** A page is being read, or sent as the socket takes it. `null`: it was forgotten, and is read again once the socket takes more. */
  | { readonly name: 'reading'; readonly reading: Reading; page: EncodedPage | undefined | null; at: number }
  /** The socket is full: live is skipped, and read from the log once it has drained. */
  | { readonly name: 'lagging' };

const LIVE: Phase = { name: 'live' };
const READ_TIMEOUT_MS = 10_000;
const READ_AGAIN_MS = 200;
/** How long an event may be missing before it is read from the log: longer than two threads' pushes overtake each other. */
const GAP_MS = 40;
/** How long a page is kept for a socket that takes nothing. Most that are full have room again in a moment. */
const STALL_MS = 1_000;

/** Brings one connection from its cursor to the present and keeps it there: history from the log in pages, the mark `sync`,
 *  then live; back to the log whenever live has a hole or the socket can't follow. Live events that arrive
 *  while the log is read are held, not lost: subscribed first, read second. [P4] [P9] */
export class CatchUp {
  readonly #session: OpenSession;
  readonly #stream = new Stream(0);
  #phase = LIVE;
  #told: StreamState | null = null;
  #round = 0;
  #gapTimer = false;
  #stallTimer = false;
  /** The client asked for a further `sync` while one was under way. */
  #next: { cursor: number } | undefined;

  constructor(session: OpenSession) {
    this.#session = session;
  }

  get cursor(): number {
    return this.#stream.cursor;
  }

  start(cursor: number, reading: Reading, context: SessionContext): void {
    this.#stream.restart(cursor);
    this.#read(reading, context);
  }

  /** Nothing was missed: the log, looked at after subscribing, ends at `cursor`. */
  follow(cursor: number, reading: Reading, context: SessionContext): void {
    this.#stream.restart(cursor);
    this.#caughtUp(reading, context);
  }

  /** The client asks to be replayed from a cursor. One at a time; the last one asked for wins. */
  sync(cursor: number, context: SessionContext): void {
    if (this.#phase.name === 'reading') this.#next = { cursor };
    else this.start(cursor, { undeliveredTo: null, mark: true }, context);
  }

  live(event: Numbered, context: SessionContext): void {
    if (this.#phase.name === 'lagging') return;
    if (this.#phase.name === 'reading') {
      if (this.#phase.page === null) this.#stream.hear(event.cursor);
      else this.#stream.hold(event);
      return;
    }
    this.#sendLive(this.#stream.take(event));
    if (this.#stream.hasGap && this.#isLive() && !this.#gapTimer) {
      this.#gapTimer = true;
      context.schedule(GAP_MS, { type: 'gap' });
    }
  }

  /** Something has been missing for a while: unless it came after all, the log has it. */
  gap(context: SessionContext): void {
    this.#gapTimer = false;
    if (this.#stream.hasGap) this.#readOn(context);
  }

  /** The log reaches up to `cursor`. What is being read may have been read before, so it is compared when that has been sent. */
  verify(cursor: number, context: SessionContext): void {
    this.#stream.hear(cursor);
    if (this.#stream.hasGap) this.#readOn(context);
  }

  #readOn(context: SessionContext): void {
    if (this.#phase.name === 'live') this.#read({ undeliveredTo: null, mark: false }, context);
  }

  drained(context: SessionContext): void {
    if (this.#phase.name === 'lagging') this.#read({ undeliveredTo: null, mark: false }, context);
    else if (this.#phase.name === 'reading' && this.#phase.page === null)
      this.#read(this.#phase.reading, context);
    else this.#sendPage(context);
  }

  /** A socket has been full for a while: what it will not take soon is not kept for it; the log has it. [P9] */
  stalled(): void {
    this.#stallTimer = false;
    const phase = this.#phase;
    const isKept = phase.name === 'reading' && phase.page !== undefined && phase.page !== null;
    if (!isKept || !this.#session.socket.congested) return;
    phase.page = null;
    this.#stream.drop();
  }

  page({ page, round }: Extract<SessionPrivate, { type: 'page' }>, context: SessionContext): void {
    if (round !== this.#round || this.#phase.name !== 'reading') return;
    this.#phase.page = page;
    this.#phase.at = 0;
    this.#sendPage(context);
  }

  readFailed(round: number, context: SessionContext): void {
    if (round === this.#round) context.schedule(READ_AGAIN_MS, { type: 'read-again' });
  }

  readAgain(context: SessionContext): void {
    if (this.#phase.name === 'reading' && this.#phase.page === undefined)
      this.#ask(this.#phase.reading, context);
  }

  #read(reading: Reading, context: SessionContext): void {
    this.#enter({ name: 'reading', reading, page: undefined, at: 0 });
    this.#ask(reading, context);
  }

  #ask({ undeliveredTo }: Reading, context: SessionContext): void {
    this.#round += 1;
    const undeliveredOnly = undeliveredTo !== null;
    const round = this.#round;
    const { userId } = this.#session.identity;
    context.pipe(
      helper,
      { type: 'log', userId, cursor: this.#stream.cursor, limit: BACKLOG_PAGE, undeliveredOnly },
      READ_TIMEOUT_MS,
      (page) => ({ type: 'page', page, round }),
      () => ({ type: 'read-failed', round }),
    );
  }

  /** As much of the page as the socket takes; the rest after `drained`. */
  #sendPage(context: SessionContext): void {
    const phase = this.#phase;
    if (phase.name !== 'reading' || phase.page === undefined || phase.page === null) return;
    const { page, reading } = phase;
    while (phase.at < page.entries.length) {
      if (this.#session.socket.congested) {
        this.#stall(context);
        return;
      }
      const entry = page.entries[phase.at];
      phase.at += 1;
      if (entry !== undefined) this.#sendEntry(entry, reading, context);
    }
    const limit = reading.undeliveredTo ?? Infinity;
    const upTo = Math.min(page.cursor, limit);
    if (upTo > this.#stream.cursor) {
      this.#stream.readTo(upTo);
      if (!reading.mark) this.#sync(upTo, context);
    }
    for (const ack of this.#session.unanswered.due(this.#stream.cursor)) this.#session.socket.send(ack);
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
      phase.page = undefined;
      this.#ask(reading, context);
      return;
    }
    this.#caughtUp(reading, context);
  }

  #stall(context: SessionContext): void {
    if (this.#stallTimer) return;
    this.#stallTimer = true;
    context.schedule(STALL_MS, { type: 'stalled' });
  }

  #sendEntry({ cursor, frame, sent }: LogEntry, reading: Reading, context: SessionContext): void {
    if (cursor <= this.#stream.cursor || cursor > (reading.undeliveredTo ?? Infinity)) return;
    // Receipts that are covered are not in the log any more. A client that is not replaying counts on every number, so it is
    // told where the count goes on. [O7]
    if (cursor !== this.#stream.cursor + 1 && !reading.mark) this.#sync(cursor - 1, context);
    this.#stream.readTo(cursor);
    const { unanswered, socket } = this.#session;
    socket.send(sent !== undefined && unanswered.ack(sent.messageId) ? sent.ack : frame);
  }

  #sync(cursor: number, context: SessionContext): void {
    this.#session.send('sync', { cursor, complete: true }, context);
  }

  #caughtUp(reading: Reading, context: SessionContext): void {
    this.#enter(LIVE);
    if (reading.mark) this.#sync(this.#stream.cursor, context);
    this.#sendLive(this.#stream.release());
    if (this.#stream.hasGap) this.#readOn(context);
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
    this.#session.parts.onState?.(this.#told, state);
    this.#told = state;
  }

  #isLive(): boolean {
    return this.#phase.name === 'live';
  }

  #sendLive(events: readonly Numbered[]): void {
    for (const { frame, acks } of events) {
      if (acks !== undefined) this.#session.unanswered.ack(acks);
      if (!this.#session.socket.send(frame)) this.#enter({ name: 'lagging' });
    }
    if (this.#phase.name === 'lagging') this.#stream.drop();
  }
}
