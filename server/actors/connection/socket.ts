import type { CloseCode } from '../../protocol/errors.ts';

/** One socket as its connection sees it. */
export interface Socket {
  readonly id: string;
  /** Queues text for this tick; false when the socket holds more than it should and live must wait for `drained`. */
  send(text: string): boolean;
  /** True when nothing more should be queued before `drained`. */
  readonly congested: boolean;
  close(code: CloseCode, reason: string): void;
}
