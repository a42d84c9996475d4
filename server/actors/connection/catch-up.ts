import type { Fault } from '../../runtime/envelope.ts';
import type { EncodedPage } from '../services/helper.ts';
import { askForPage } from './ask-for-page.ts';
import {
  ASKED,
  DROPPED,
  FAILED,
  LIVE,
  LIVE_READING,
  type CatchUpPhase,
  type Reading,
  type ReadingPhase,
  type SendingPage,
} from './catch-up-phase.ts';
import type { ShownPresence } from '../../storage/shown-presence.ts';
import { ReadRetry } from './read-retry.ts';
import { isHostCurrent, LOOK_AGAIN_MS, type StreamState, type OpenConnection } from './open-connection.ts';
import type { ConnectionContext, ConnectionMessage, ConnectionPrivate } from './messages.ts';
import { Sequencer, type SequencedEvent } from './sequencer.ts';

/** How long an event may be missing before it is read from the log. Pushes come only from the writer, and in order. A missing
 *  one was lost with a thread or at a full link, and its neighbours may be lost too. Where other hosts write to the same log, a gap
 *  is the rule: what is committed here arrives before what is still being read of theirs. */
const GAP_MS = 40;
/** How long a page is kept for a socket that accepts nothing. Most full sockets have room again in a moment. */
const STALL_MS = 1_000;

/** Brings one connection from its cursor to the present and keeps it there: sends the log in pages, then `sync`, then live
 *  events. Goes back to the log whenever live events have a gap or the socket is too slow. Subscribes first and reads second, so
 *  that live events which arrive during the reading are held, not lost [P4] [P9]. */
export class CatchUp {
  readonly #connection: OpenConnection;
  readonly #sequencer = new Sequencer(0);
  #phase = LIVE;
  #told: StreamState | null = null;
  #round = 0;
  readonly #retry = new ReadRetry();
  #gapTimer = false;
  #stallTimer = false;
  /** The client asked for a further `sync` while one was under way. */
  #next: { cursor: number } | undefined;

  constructor(connection: OpenConnection) {
    this.#connection = connection;
  }

  /** Up to where events were sent. */
  get cursor(): number {
    return this.#sequencer.cursor;
  }

  /** Whether events are sent as they come, and not read from the log. */
  get isLive(): boolean {
    return this.#phase.name === 'live';
  }

  start(cursor: number, reading: Reading, context: ConnectionContext): void {
    this.#sequencer.restart(cursor);
    this.#read(reading, context);
  }

  /** Nothing was missed: the log, looked at after subscribing, ends at `cursor`. */
  follow(cursor: number, reading: Reading, context: ConnectionContext): void {
    this.#sequencer.restart(cursor);
    this.#caughtUp(reading, context);
  }

  /** The client asks to be replayed from a cursor. One at a time; the last one asked for wins. */
  sync(cursor: number, context: ConnectionContext): void {
    if (this.#phase.name === 'reading') this.#next = { cursor };
    else this.start(cursor, { undeliveredTo: null, mark: true }, context);
  }

  live(event: SequencedEvent, context: ConnectionContext): void {
    if (this.#phase.name === 'lagging') return;
    if (this.#phase.name === 'reading') {
      if (this.#phase.page.name === 'dropped') this.#sequencer.hear(event.cursor);
      else this.#sequencer.hold(event);
      return;
    }
    if (this.#mayTell) this.#sendLive(this.#sequencer.take(event));
    else this.#sequencer.hear(event.cursor);
    this.#awaitGap(context);
  }

  get #mayTell(): boolean {
    return isHostCurrent(this.#connection.deps);
  }

  #awaitGap(context: ConnectionContext): void {
    if (!this.#sequencer.hasGap || !this.isLive || this.#gapTimer) return;
    this.#gapTimer = true;
    context.schedule(GAP_MS, { type: 'gap' });
  }

  /** The log reaches up to `cursor`, and what is missing is probably on its way. */
  expect(cursor: number, context: ConnectionContext): void {
    this.#sequencer.hear(cursor);
    this.#awaitGap(context);
  }

  /** Something has been missing for a while: unless it came after all, the log has it. */
  gap(context: ConnectionContext): void {
    this.#gapTimer = false;
    if (!this.#sequencer.hasGap) return;
    if (this.#mayTell) this.#readOn(context);
    else this.#awaitGap(context);
  }

  /** The log reaches up to `cursor`. What is being read may have been read before, so it is compared when that has been sent. */
  verify(cursor: number, context: ConnectionContext): void {
    this.#sequencer.hear(cursor);
    if (this.#sequencer.hasGap) this.#readOn(context);
  }

  /** The log reaches up to `cursor`, and nobody else reads it for this connection. */
  readAlone(cursor: number, context: ConnectionContext): void {
    this.#sequencer.hear(cursor);
    if (this.#sequencer.hasGap && this.isLive) this.#read(LIVE_READING, context);
  }

  /** The log was read for all connections of this user at once. What does not follow on what was sent here is read again. */
  logged({ after, page }: Extract<ConnectionMessage, { type: 'logged' }>, context: ConnectionContext): void {
    if (page.cursor <= this.#sequencer.cursor) return;
    if (!this.#mayTell) {
      this.expect(page.cursor, context);
      return;
    }
    if (!this.isLive || this.#sequencer.cursor < after) {
      this.verify(page.cursor, context);
      return;
    }
    const phase: ReadingPhase = { name: 'reading', reading: LIVE_READING, page: ASKED };
    this.#enter(phase);
    // A page that was asked for earlier is none of this reading.
    this.#round += 1;
    this.#turnTo(page, phase, context);
  }

  /** A connection that read by itself whenever others are slow would make them slower. */
  #readOn(context: ConnectionContext): void {
    if (!this.isLive) return;
    const { deps, identity } = this.#connection;
    if (deps.readTogether === undefined) this.#read(LIVE_READING, context);
    else deps.readTogether(identity.userId, this.#sequencer.highest);
  }

  drained(context: ConnectionContext): void {
    const phase = this.#phase;
    if (phase.name === 'lagging') this.#read(LIVE_READING, context);
    else if (phase.name === 'reading' && phase.page.name === 'dropped') this.#read(phase.reading, context);
    else if (phase.name === 'reading') this.#sendPage(phase, context);
  }

  /** A socket has been full for a while: drops the page kept for it, which can be read from the log again [P9]. */
  stalled(): void {
    this.#stallTimer = false;
    const phase = this.#phase;
    if (phase.name !== 'reading' || phase.page.name !== 'sending' || !this.#connection.socket.congested)
      return;
    phase.page = DROPPED;
    // Ignore a page request that is still in flight.
    this.#round += 1;
    this.#sequencer.drop();
  }

  page({ page, round }: Extract<ConnectionPrivate, { type: 'page' }>, context: ConnectionContext): void {
    const phase = this.#phase;
    if (round !== this.#round || phase.name !== 'reading') return;
    this.#retry.succeeded();
    if (phase.page.name === 'sending') phase.page.ahead = page;
    else this.#turnTo(page, phase, context);
  }

  /** The page is read again once it may be told. */
  #letGo(phase: ReadingPhase, context: ConnectionContext): void {
    this.#round += 1;
    phase.page = FAILED;
    context.schedule(LOOK_AGAIN_MS, { type: 'read-again' });
  }

  /** A page could not be read. What asking again can't mend, and what has failed too often, ends the connection with a reason. */
  readFailed(round: number, fault: Fault, context: ConnectionContext): void {
    const phase = this.#phase;
    if (round !== this.#round || phase.name !== 'reading') return;
    if (phase.page.name === 'sending') phase.page.ahead = 'not asked';
    else phase.page = FAILED;
    const verdict = this.#retry.failed(fault);
    if ('againMs' in verdict) context.schedule(verdict.againMs, { type: 'read-again' });
    else {
      this.#connection.refuse(fault.code, fault.detail, null, context);
      this.#connection.close(verdict.closeCode, 'the log cannot be read', context);
    }
  }

  readAgain(context: ConnectionContext): void {
    const phase = this.#phase;
    if (phase.name !== 'reading' || phase.page.name !== 'failed') return;
    if (!this.#mayTell) {
      this.#letGo(phase, context);
      return;
    }
    phase.page = ASKED;
    this.#ask(phase.reading, this.#sequencer.cursor, context);
  }

  #read(reading: Reading, context: ConnectionContext): void {
    this.#enter({ name: 'reading', reading, page: ASKED });
    this.#ask(reading, this.#sequencer.cursor, context);
  }

  /** Begins to send a page, and has the next one read meanwhile. */
  #turnTo(page: EncodedPage, phase: ReadingPhase, context: ConnectionContext): void {
    const { reading } = phase;
    const readsAhead =
      page.more && this.#next === undefined && page.cursor < (reading.undeliveredTo ?? Infinity);
    phase.page = { name: 'sending', page, at: 0, ahead: readsAhead ? 'asked' : 'not asked' };
    if (readsAhead) this.#ask(reading, page.cursor, context);
    this.#sendPage(phase, context);
  }

  #ask(reading: Reading, cursor: number, context: ConnectionContext): void {
    this.#round += 1;
    const { userId } = this.#connection.identity;
    askForPage({ userId, cursor, reading, round: this.#round }, context);
  }

  /** As much of the page as the socket takes; the rest after `drained`. */
  #sendPage(phase: ReadingPhase, context: ConnectionContext): void {
    const sending = phase.page;
    if (sending.name !== 'sending') return;
    if (!this.#mayTell) {
      this.#letGo(phase, context);
      return;
    }
    const { page } = sending;
    for (; sending.at < page.frames.length; sending.at += 1) {
      if (this.#connection.socket.congested) {
        this.#stall(context);
        return;
      }
      this.#sendEntry(page, sending.at, phase.reading, context);
    }
    this.#pageSent(phase, sending, context);
  }

  #pageSent(phase: ReadingPhase, { page, ahead }: SendingPage, context: ConnectionContext): void {
    const { reading } = phase;
    const limit = reading.undeliveredTo ?? Infinity;
    const upTo = Math.min(page.cursor, limit);
    if (upTo > this.#sequencer.cursor) {
      this.#sequencer.readTo(upTo);
      if (!reading.mark) this.#sync(upTo, context);
    }
    for (const due of [this.#connection.inFlight, this.#connection.reactions])
      for (const ack of due.due(this.#sequencer.cursor)) this.#connection.socket.send(ack);
    if (this.#next !== undefined) {
      const { cursor } = this.#next;
      this.#next = undefined;
      this.start(cursor, { undeliveredTo: null, mark: true }, context);
    } else if (page.cursor > limit || (page.more && page.cursor === limit)) {
      this.#read({ ...reading, undeliveredTo: null }, context);
    } else if (page.more) this.#nextPage(phase, ahead, context);
    else this.#caughtUp(reading, context);
  }

  #nextPage(phase: ReadingPhase, ahead: SendingPage['ahead'], context: ConnectionContext): void {
    if (typeof ahead === 'object') {
      this.#turnTo(ahead, phase, context);
      return;
    }
    phase.page = ASKED;
    if (ahead === 'not asked') this.#ask(phase.reading, this.#sequencer.cursor, context);
  }

  #stall(context: ConnectionContext): void {
    if (this.#stallTimer) return;
    this.#stallTimer = true;
    context.schedule(STALL_MS, { type: 'stalled' });
  }

  #sendEntry(
    { cursors, frames, sent, shown }: EncodedPage,
    at: number,
    reading: Reading,
    context: ConnectionContext,
  ): void {
    const cursor = cursors[at] ?? 0;
    if (cursor <= this.#sequencer.cursor || cursor > (reading.undeliveredTo ?? Infinity)) return;
    // The log no longer contains receipts that a later one covers. A client that is not in a replay expects every cursor, so it is
    // told where the count continues [O7].
    if (cursor !== this.#sequencer.cursor + 1 && !reading.mark) this.#sync(cursor - 1, context);
    this.#sequencer.readTo(cursor);
    const own = sent[at];
    const isOwn = own !== undefined && this.#connection.inFlight.ack(own.messageId);
    this.#sendAt(cursor, isOwn ? own.ack : (frames[at] ?? ''), shown?.[at]);
  }

  #sync(cursor: number, context: ConnectionContext): void {
    this.#connection.send('sync', { cursor, complete: true }, context);
  }

  #caughtUp(reading: Reading, context: ConnectionContext): void {
    this.#enter(LIVE);
    if (reading.mark) this.#sync(this.#sequencer.cursor, context);
    this.#sendLive(this.#sequencer.release());
    if (this.#sequencer.hasGap) this.#readOn(context);
  }

  /** The connection is over. */
  end(): void {
    this.#tell(null);
  }

  #enter(phase: CatchUpPhase): void {
    this.#phase = phase;
    this.#tell(phase.name);
  }

  #tell(state: StreamState | null): void {
    if (state === this.#told) return;
    this.#connection.deps.onState?.(this.#told, state);
    this.#told = state;
  }

  /** Sends an event at its position, or the acks of what this connection has asked for that made it. False if the socket lags. */
  #sendAt(cursor: number, frame: string, shown: ShownPresence | undefined): boolean {
    const { deps, identity, reactions, socket } = this.#connection;
    if (deps.tracer?.isFollowing === true) deps.tracer.sent(identity.userId, cursor, socket);
    if (shown !== undefined) deps.onShown?.(identity.userId, shown);
    const frames = reactions.framesAt(cursor, frame);
    return frames === null ? socket.send(frame) : frames.map((each) => socket.send(each)).every(Boolean);
  }

  #sendLive(events: readonly SequencedEvent[]): void {
    for (const { cursor, frame, acks, shown } of events) {
      if (acks !== undefined) this.#connection.inFlight.ack(acks);
      if (!this.#sendAt(cursor, frame, shown)) this.#enter({ name: 'lagging' });
    }
    if (this.#phase.name === 'lagging') this.#sequencer.drop();
  }
}
