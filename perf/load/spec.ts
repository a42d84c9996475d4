import type { CpuReading } from '../machine/cpu.ts';
import type { ArrivalCount } from './arrivals.ts';
import type { HistogramData } from './histogram.ts';

/** Somebody who can connect; over XMPP by name and password. */
export interface LoadUser {
  readonly userId: string;
  readonly token: string;
}

/** What the server speaks: the frames of PROTOCOL.md, or XMPP with stream management (XEP-0198). */
type WireName = 'envelopes' | 'xmpp';

/** How recipients say that a message was delivered: never, for what arrived in the last 40 ms in one (as our own client does),
 *  or for each message. */
export type ReceiptMode = 'none' | 'gathered' | 'each';

/** The next message is sent when the one `inFlight` before it was delivered and acknowledged; or at its own time, come
 *  what may. */
export type Pace =
  | { readonly kind: 'closed'; readonly inFlight: number }
  | { readonly kind: 'open'; readonly perSecond: number };

/** A load on one server: account i writes to account i + 1, the last one to the first, so there are as many pairs as
 *  connections. */
export interface LoadSpec {
  readonly host: string;
  readonly port: number;
  /** Further servers on the same store: account i connects to the i-th of all in turn, so that the other one of each pair is at another
   *  server. */
  readonly morePorts?: readonly number[];
  /** How many who write to each other in a row are at one port; 1 if absent. With 2, half of the messages stay at one port. */
  readonly together?: number;
  /** Of the server: its CPU is read at the window's ends. */
  readonly pid: number;
  readonly accounts: readonly LoadUser[];
  readonly wire: WireName;
  readonly workers: number;
  readonly pace: Pace;
  readonly receipts: ReceiptMode;
  /** Bytes of each text. */
  readonly bytes: number;
  readonly warmUpS: number;
  readonly windowS: number;
}

/** What one ring knows at the end. */
export interface RingResult {
  readonly acked: ArrivalCount;
  readonly delivered: ArrivalCount;
  readonly cursorGaps: number;
  readonly errors: readonly string[];
  /** Microseconds from send to receive in the window; in an open loop from the moment it was due. */
  readonly latency: HistogramData;
  /** Microseconds from send to `ack sent`, likewise. */
  readonly ackLatency: HistogramData;
  /** Open loop: how late the generator itself was. */
  readonly lateness: HistogramData;
}

export interface LoadResult {
  readonly connectMs: number;
  readonly seconds: number;
  /** Delivered and acknowledged within the window. */
  readonly messages: number;
  readonly before: CpuReading;
  readonly after: CpuReading;
  readonly ring: RingResult;
}

/** Main thread → worker. */
export type Order = { readonly order: 'start' } | { readonly order: 'measure' } | { readonly order: 'stop' };

/** Worker → main thread. */
export type News =
  | { readonly news: 'connected' }
  | { readonly news: 'warm' }
  | { readonly news: 'done'; readonly result: RingResult };

export interface WorkerData {
  readonly spec: Omit<LoadSpec, 'accounts'>;
  readonly accounts: readonly LoadUser[];
  /** Which worker of how many. */
  readonly index: number;
  /** One Float64: messages delivered and acknowledged so far. */
  readonly progress: SharedArrayBuffer;
}

/** Many that only arrive and stay. */
export interface IdleFleetSpec {
  readonly host: string;
  readonly port: number;
  readonly accounts: readonly LoadUser[];
  /** Handshakes under way at the same time. */
  readonly atOnce: number;
}
export type FleetOrder = 'again' | 'enough';
export interface IdleFleetResult {
  /** Milliseconds until the last one was in. */
  readonly ms: number;
  /** How often the server closed a new connection with 1013. */
  readonly sentAway: number;
}

/** Uploads that are kept under way: one for each token, and the next one when it has ended. */
export interface UploadsSpec {
  readonly host: string;
  readonly port: number;
  readonly tokens: readonly string[];
  /** Of each file. */
  readonly bytes: number;
  /** Of each upload; null: as fast as the server takes it. */
  readonly bytesPerSecond: number | null;
}
export interface UploadsResult {
  /** Uploads that were answered with 201. */
  readonly files: number;
  /** Sent, also of uploads that had not ended. */
  readonly bytes: number;
  readonly seconds: number;
}
