import type { LogEvent } from '../protocol/server-frames.ts';

/** One event in one user's log. The writer announces what a write logged besides the message itself, in the order of commits. */
export interface LoggedEvent {
  readonly userId: string;
  readonly event: LogEvent;
}
