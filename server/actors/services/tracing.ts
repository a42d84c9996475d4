import { refOf } from '../../runtime/address.ts';
import type { WriteTimes } from '../../storage/write-trace.ts';

/** What the writer tells of a message whose path is recorded, before it answers. Microseconds on the clock of the process. */
export interface TracingMessage {
  readonly type: 'written';
  readonly messageId: string;
  readonly times: WriteTimes;
  /** When it was announced to the edge; for a write that failed, when it was given up. */
  readonly announcedAt: number;
  /** A notice of it was handed to the broker for other hosts. */
  readonly isNoticed: boolean;
}
export const tracing = refOf<TracingMessage>('tracing', 'main');
