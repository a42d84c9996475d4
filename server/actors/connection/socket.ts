import type { CloseCode } from '../../protocol/close-codes.ts';

/** One socket as its connection sees it. */
export interface Socket {
  readonly id: string;
  /** Queues text for this tick; false when the socket holds more than it should and live must wait for `drained`. */
  send(text: string): boolean;
  /** Calls once when what is sent in this turn was handed to the system. Never for a socket that is gone by then. */
  whenWritten(run: () => void): void;
  /** True when nothing more should be queued before `drained`. */
  readonly congested: boolean;
  close(code: CloseCode, reason: string): void;
}
