import type { ErrorCode } from '../../protocol/errors.ts';
import type { FailurePlace, HopName } from '../../protocol/resources/inspector.ts';

export const isOfWriter = (hop: HopName): boolean =>
  hop === 'queued' || hop === 'begun' || hop === 'committed' || hop === 'announced';

/** The path of one message on this host. Moments are microseconds on the clock of the process. */
export interface Trace {
  readonly number: number;
  readonly messageId: string;
  readonly senderId: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly isDone: boolean;
  readonly hops: ReadonlyMap<HopName, number>;
  /** From the arrival to the answer, measured by itself on another clock, in microseconds; null before the answer. */
  readonly totalUs: number | null;
  readonly batch: number | null;
  readonly isRepeat: boolean;
  readonly isNoticed: boolean;
  readonly failure: { readonly code: ErrorCode; readonly place: FailurePlace } | null;
  /** Open sockets of the recipient on this host when it was announced. */
  readonly sockets: number;
  /** When each of them was handed its frame. */
  readonly writtenAt: readonly number[];
  /** When the first receipt of the recipient for it arrived here. */
  readonly deliveredAt: number | null;
}

/** One that is waited for. Times are milliseconds since the epoch. */
export interface ArmedTrace {
  /** Null: anybody. */
  readonly senderId: string | null;
  readonly armedAt: number;
  readonly expiresAt: number;
}
