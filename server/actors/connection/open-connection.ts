import type { ServerFramePayload, ServerFrameType } from '../../protocol/server-frames.ts';
import type { CloseCode } from '../../protocol/close-codes.ts';
import type { ErrorCode } from '../../protocol/errors.ts';
import type { Pair } from '../../storage/pair.ts';
import type { MessageLocation } from '../../storage/reads.ts';
import type { ShownPresence } from '../../storage/shown-presence.ts';
import type { Quarantine } from '../quarantine/quarantine.ts';
import type { Identity } from '../services/tokens.ts';
import type { ConnectionInfo } from '../user/messages.ts';
import type { ClientFrameType } from '../../protocol/client-frames.ts';
import type { MessageTracer } from '../tracing/message-tracer.ts';
import type { InFlightReactions } from './in-flight-reactions.ts';
import type { InFlightSends } from './in-flight-sends.ts';
import type { MaybePromise } from '../../runtime/maybe-promise.ts';
import type { ConnectionTicks } from './connection-ticks.ts';
import type { ConnectionContext } from './messages.ts';
import type { ReceiptWriter } from './receipt-writer.ts';
import type { Socket } from './socket.ts';

/** Where messages and conversations are, for this user; null for what is not theirs or doesn't exist [P5]. Rejects with a ParleyError
 *  if the store cannot be read. */
export interface MessageLocations {
  pair(userId: string, conversationId: string): MaybePromise<Pair | null>;
  message(userId: string, messageId: string): MaybePromise<MessageLocation | null>;
}

/** What a connection does: reads the log, follows it live, or waits for its client to read. */
export type StreamState = 'reading' | 'live' | 'lagging';

/** What all connections of a process share. */
export interface ConnectionDeps {
  readonly heartbeatS: number;
  readonly ticks: Pick<ConnectionTicks, 'set' | 'cancel'>;
  readonly locations: MessageLocations;
  /** False: this host may have been given up by the others, and what it knows of sessions may be old. */
  readonly isCurrent?: () => boolean;
  /** Takes one from the user's send budget; false when it is used up. */
  readonly maySend: (userId: string) => boolean;
  /** Has receipts written. */
  readonly receipts: Pick<ReceiptWriter, 'add'>;
  /** Messages that were in flight when something failed. */
  readonly quarantine: Quarantine;
  /** Takes one from the user's budget for what is forwarded and not stored (typing, presence); false when it is used up. */
  readonly maySignal?: (userId: string) => boolean;
  /** Whether one of the two users of a conversation blocks the other; nobody is told of their typing then [B4]. */
  readonly hasBlock?: (conversationId: string) => Promise<boolean>;
  /** Null if a new connection may read the store now, else resolves when it may. Absent: always at once. */
  readonly openingTurn?: () => Promise<void> | null;
  /** The last number of the log of the session's user; null when the session has ended. */
  readonly sessionHead: (sessionId: string) => Promise<number | null>;
  /** The id of the history that the server holds. */
  readonly history: () => Promise<string>;
  /** On a store that other hosts use: reads the log of a user up to a cursor, with one question for all connections of many users, and
   *  tells each what it holds (`logged`). Absent: each connection reads what it misses. */
  readonly readTogether?: ((userId: string, cursor: number) => void) | undefined;
  /** The cursor of a message in this user's log; null when the log doesn't hold it. */
  readonly messageCursor: (userId: string, messageId: string) => Promise<number | null>;
  /** The session of a new connection exists: from now on it counts among the user's connections, and the user is present. */
  readonly onAdmitted: (userId: string, socketId: string) => void;
  /** The user's visibility on one connection has changed. */
  readonly onVisible: (userId: string, connection: Pick<ConnectionInfo, 'socketId' | 'visible'>) => void;
  /** This user was told an event that shows somebody's presence as it was when the event was read. */
  readonly onShown?: (viewerId: string, shown: ShownPresence) => void;
  /** A connection changed its state; null before its first and after its last. For the metrics. */
  readonly onState?: (from: StreamState | null, to: StreamState | null) => void;
  /** A client frame was answered, or handled where it has no answer; with the moment of its arrival. */
  readonly onHandled?: (type: ClientFrameType, arrivedAt: number) => void;
  readonly tracer?: MessageTracer;
  /** An `error` frame, and the end of a connection from our side. For the metrics too. */
  readonly onRefused?: (code: ErrorCode) => void;
  readonly onClosed?: (code: CloseCode) => void;
}

/** Whether the session may still be relied on. A host that stood still tells nothing, and carries out nothing, before it has compared: who
 *  asks, or would be told, may have been signed out meanwhile [P6] [H5]. */
export const isHostCurrent = ({ isCurrent }: Pick<ConnectionDeps, 'isCurrent'>): boolean =>
  isCurrent?.() !== false;

/** From one look to the next whether what waits for that may be told. */
export const LOOK_AGAIN_MS = 200;

/** A connection as its catch-up and the handlers of its frames see it. */
export interface OpenConnection {
  readonly socket: Socket;
  /** False: this connection appears offline. */
  visible: boolean;
  readonly deps: ConnectionDeps;
  readonly identity: Identity;
  /** When the frame that is being handled arrived, of the monotonic clock. */
  readonly arrivedAt: number;
  readonly inFlight: InFlightSends;
  readonly reactions: InFlightReactions;
  /** To be asked after a wait: its session may have been revoked meanwhile [P6]. */
  readonly isClosed: boolean;
  send<T extends ServerFrameType>(type: T, payload: ServerFramePayload<T>, context: ConnectionContext): void;
  /** An `error` frame; `ref` is the id of the refused envelope. */
  refuse(code: ErrorCode, message: string, ref: string | null, context: ConnectionContext): void;
  close(code: CloseCode, reason: string, context: ConnectionContext): void;
  /** Replays from a cursor, as far as the log knows it. */
  sync(cursor: number, context: ConnectionContext): Promise<void>;
}
