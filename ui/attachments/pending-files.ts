import type { Message } from '../model/model.ts';
import type { OutgoingAttachment } from './outgoing-attachment.ts';
import type { OutgoingFiles } from './outgoing-files.ts';

/** The files of unsent messages, by their keys. */
export type PendingFiles = ReadonlyMap<string, OutgoingAttachment>;

const NONE: PendingFiles = new Map();

/** The files of unsent messages that are on their way. Returns `before` as long as nothing changed, so that what shows them is not
 *  rendered again needlessly. */
export const pendingFiles = (
  pending: readonly Message[],
  files: OutgoingFiles | null,
  before: PendingFiles = NONE,
): PendingFiles => {
  const found = new Map<string, OutgoingAttachment>();
  for (const { attachments } of pending)
    for (const { id } of attachments) {
      const outgoing = files?.outgoing(id);
      if (outgoing !== undefined) found.set(id, outgoing);
    }
  const isSame = found.size === before.size && [...found].every(([key, file]) => before.get(key) === file);
  return isSame ? before : found;
};
