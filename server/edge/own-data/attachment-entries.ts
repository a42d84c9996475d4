import type { AttachmentResource } from '../../protocol/resources/attachment.ts';
import type { MessageResource } from '../../protocol/resources/message.ts';
import type { AttachmentBytes } from '../../storage/attachments/attachment-bytes.ts';
import { attachmentPath } from './attachment-name.ts';
import type { ExportedConversation } from './exported-conversation.ts';
import { messagePages, type Read } from './own-data-reads.ts';
import type { ArchiveEntry } from './zip-archive.ts';

export interface AttachmentEntries {
  readonly read: Read;
  readonly bytes: Pick<AttachmentBytes, 'read'>;
  readonly userId: string;
  /** The server has lost the bytes of an attachment: they are recorded, and not there. */
  readonly onLost: (attachmentId: string) => void;
}

/** The attachments of these conversations, a file each, read while it is sent. What has gone together with its message since the messages
 *  were written is left out; in the place of a file that the server has lost stands a text that says so. */
export async function* attachmentEntries(
  { read, bytes, userId, onLost }: AttachmentEntries,
  conversations: Iterable<ExportedConversation>,
): AsyncGenerator<ArchiveEntry> {
  for (const conversation of conversations)
    for await (const messages of messagePages(read, userId, conversation))
      for (const message of messages)
        for (const attachment of message.attachments) {
          const pieces = await bytes.read(attachment, { from: 0, to: attachment.size });
          if (pieces !== null) {
            // Most files are compressed already.
            yield { name: attachmentPath(attachment), compress: false, content: () => pieces };
          } else if (await isStillThere(read, userId, message, attachment)) {
            onLost(attachment.id);
            const content = () => [lostText(message, attachment)];
            yield { name: `${attachmentPath(attachment)}.missing.txt`, compress: true, content };
          }
        }
}

/** Whether it is lost, and not removed with its message since the page with it was read. */
const isStillThere = async (
  read: Read,
  userId: string,
  { conversation_id: conversationId, seq }: MessageResource,
  { id }: AttachmentResource,
): Promise<boolean> => {
  const page = await read('messages', userId, conversationId, { after: seq - 1, limit: 1 });
  return page?.messages[0]?.attachments.some((each) => each.id === id) ?? false;
};

const lostText = (
  { conversation_id, seq, sent_at }: MessageResource,
  { id, name, size, sha256 }: AttachmentResource,
): string =>
  [
    'The server has lost this file, so it is not in this export. The person who sent it, or whoever runs the server, may have a copy.',
    '',
    ...[`name: ${JSON.stringify(name)}`, `size: ${String(size)} bytes`, `sha256: ${sha256}`, `id: ${id}`],
    ...[`conversation: ${conversation_id}`, `message: ${String(seq)}, sent ${sent_at}`, ''],
  ].join('\n');
