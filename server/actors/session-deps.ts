import type { ServerFramePayload, ServerFrameType } from '../protocol/down.ts';
import type { CloseCode, ErrorCode } from '../protocol/errors.ts';
import { refOf } from '../runtime/address.ts';
import type { ActorContext, Question } from '../runtime/actor.ts';
import type { Fault } from '../runtime/envelope.ts';
import type { Appended, MessageLocation, Pair } from '../storage/store.ts';
import type { Connection, EncodedPage, SessionMessage } from './refs.ts';
import type { UnconfirmedReceipts } from './unconfirmed-receipts.ts';
import type { Quarantine } from './quarantine.ts';
import type { InFlightSends } from './in-flight-sends.ts';

/** One socket as a session sees it. */
export interface Socket {
  readonly id: string;
  /** Queues text for this tick; false when the socket holds more than it should and live must wait for `drained`. */
  send(text: string): boolean;
  /** True when nothing more should be queued before `drained`. */
  readonly congested: boolean;
  close(code: CloseCode, reason: string): void;
}

export interface Identity {
  readonly userId: string;
  readonly username: string;
  readonly sessionId: string;
  /** Milliseconds since the epoch at which the access token ends. */
  readonly expiresAt: number;
}

/** Where messages and conversations are, for this person; null for what is not theirs or doesn't exist. [P5] */
export interface MessageLocations {
  pair(userId: string, conversationId: string): Pair | null;
  message(userId: string, messageId: string): MessageLocation | null;
}

/** What a connection does: reads the log, follows it live, or waits for its client to read. */
export type StreamState = 'reading' | 'live' | 'lagging';

/** What all sessions of a process share. */
export interface SessionDeps {
  readonly heartbeatS: number;
  readonly locations: MessageLocations;
  /** Takes one from the person's send budget; false when it is used up. */
  readonly maySend: (userId: string) => boolean;
  /** Messages that were under way when something failed. */
  readonly quarantine: Quarantine;
  /** Takes one from the person's budget of what is told on and not stored (typing, presence); false when it is used up. */
  readonly maySignal?: (userId: string) => boolean;
  /** The last number of the log of the session's person; null when the session has been ended. */
  readonly sessionHead: (sessionId: string) => number | null;
  /** The id of the history that the server holds. */
  readonly history: () => string;
  /** Where a message stands in this person's log; null: nowhere. */
  readonly messageCursor: (userId: string, messageId: string) => number | null;
  /** The person's visibility on one connection has changed. */
  readonly onVisible: (userId: string, connection: Pick<Connection, 'socketId' | 'visible'>) => void;
  /** A connection has come into a state from another; null before its first and after its last. For the metrics. */
  readonly onState?: (from: StreamState | null, to: StreamState | null) => void;
  /** An `error` frame, and the end of a connection from our side. For the metrics too. */
  readonly onRefused?: (code: ErrorCode) => void;
  readonly onClosed?: (code: CloseCode) => void;
}

/** Checks an access token; null when it is no good. */
export type TokenQuestion = { readonly type: 'verify'; readonly token: string } & Question<Identity | null>;
export const tokens = refOf<TokenQuestion>('tokens', 'main');

/** What a session tells itself. */
export type SessionPrivate =
  | { readonly type: 'page'; readonly page: EncodedPage; readonly round: number }
  | { readonly type: 'read-failed'; readonly fault: Fault; readonly round: number }
  | { readonly type: 'read-again' }
  | { readonly type: 'gap' }
  | { readonly type: 'stalled' }
  | { readonly type: 'posted'; readonly messageId: string; readonly outcome: Appended }
  | { readonly type: 'post-failed'; readonly messageId: string; readonly fault: Fault }
  | { readonly type: 'renewed'; readonly ref: string; readonly identity: Identity | null }
  | { readonly type: 'tick' };
export type SessionInput = SessionMessage | SessionPrivate;
export type SessionContext = ActorContext<SessionInput>;

/** What the parts of a session, its catch-up and the handlers of its frames, may do with it. */
export interface OpenSession {
  readonly socket: Socket;
  /** False: this connection appears offline. */
  visible: boolean;
  readonly deps: SessionDeps;
  readonly identity: Identity;
  readonly inFlight: InFlightSends;
  readonly unconfirmed: UnconfirmedReceipts;
  send<T extends ServerFrameType>(type: T, payload: ServerFramePayload<T>, context: SessionContext): void;
  /** An `error` frame; `ref` is the id of the envelope refused. */
  refuse(code: ErrorCode, message: string, ref: string | null, context: SessionContext): void;
  close(code: CloseCode, reason: string, context: SessionContext): void;
  /** Replays from a cursor, as far as the log knows it. */
  sync(cursor: number, context: SessionContext): void;
}
