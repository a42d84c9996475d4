import type { Signal } from '../model/signal.ts';
import type { OutgoingAttachment } from './outgoing-attachment.ts';

/** What the server takes [G1]. */
export interface FileLimits {
  readonly maxBytes: number;
  readonly perMessage: number;
}

/** The files of an account that are on their way, as elements see them. What it returns is read from signals, so whoever reads it while a
 *  signal is watched hears of every change. */
export interface OutgoingFiles {
  /** Null as long as it is not known that the server takes files. */
  readonly limits: Signal.State<FileLimits | null>;
  /** A file by its key; undefined once its message is stored, and for a key that is none. */
  outgoing(key: string): OutgoingAttachment | undefined;
  /** The files that the draft of a conversation has, in the order in which they were picked. */
  drafted(conversationId: string): readonly OutgoingAttachment[];
  /** Whether the draft of a conversation has files, and whether one of them keeps it from being sent. Changes less often than `drafted`. */
  draftState(conversationId: string): 'none' | 'sendable' | 'refused';
  /** Whether the device has no room for one of these files, so that it is lost when the tab is closed. */
  isOnlyHere(conversationId: string): boolean;
}
