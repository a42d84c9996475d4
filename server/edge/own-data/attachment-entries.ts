import type { AttachmentBytes } from '../../storage/attachments/attachment-bytes.ts';
import { attachmentPath } from './attachment-name.ts';
import type { ExportedConversation } from './exported-conversation.ts';
import { messagePages, type Read } from './own-data-reads.ts';
import type { ArchiveEntry } from './zip-archive.ts';

export interface AttachmentEntries {
  readonly read: Read;
  readonly bytes: Pick<AttachmentBytes, 'read'>;
  readonly userId: string;
}

/** The attachments of these conversations, a file each, read while it is sent. What has gone since the messages were written is left out. */
export async function* attachmentEntries(
  { read, bytes, userId }: AttachmentEntries,
  conversations: Iterable<ExportedConversation>,
): AsyncGenerator<ArchiveEntry> {
  for (const conversation of conversations)
    for await (const messages of messagePages(read, userId, conversation))
      for (const attachment of messages.flatMap(({ attachments }) => attachments)) {
        const pieces = await bytes.read(attachment, { from: 0, to: attachment.size });
        // Most files are compressed already.
        if (pieces !== null)
          yield { name: attachmentPath(attachment), compress: false, content: () => pieces };
      }
}
