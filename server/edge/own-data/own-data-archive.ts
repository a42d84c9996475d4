import type { MessageResource } from '../../protocol/resources/message.ts';
import type { SessionResource } from '../../protocol/resources/session.ts';
import type { OwnAccount } from '../../protocol/resources/user.ts';
import { RELEASE } from '../../protocol/release.ts';
import { rfc3339 } from '../../protocol/rfc3339.ts';
import type { AvatarType } from '../../protocol/avatar-type.ts';
import type { AttachmentBytes } from '../../storage/attachments/attachment-bytes.ts';
import type { Avatar } from '../../storage/profile-writes.ts';
import { attachmentEntries } from './attachment-entries.ts';
import { conversationPage } from './conversation-page.ts';
import {
  exportedConversation,
  messageCount,
  partFile,
  partsOf,
  type ExportedConversation,
} from './exported-conversation.ts';
import { indexPage } from './index-page.ts';
import { listedConversations, messagePages, type Read } from './own-data-reads.ts';
import { zipArchive, type ArchiveEntry } from './zip-archive.ts';

/** What an export begins with: read before anything is sent, so that a store that cannot be read has an answer of its own. */
export interface OwnData {
  readonly user: OwnAccount;
  readonly sessions: readonly SessionResource[];
  readonly avatar: Avatar | null;
}

/** Rises when the form changes in a way that a program has to know of. */
const FORMAT_VERSION = 1;

const AVATAR_FILES: Readonly<Record<AvatarType, string>> = {
  'image/png': 'avatar.png',
  'image/jpeg': 'avatar.jpg',
  'image/webp': 'avatar.webp',
};

export interface OwnDataArchive {
  readonly read: Read;
  readonly bytes: Pick<AttachmentBytes, 'read'>;
  readonly own: OwnData;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** See `AttachmentEntries`. */
  readonly onLost: (attachmentId: string) => void;
}

/** Everything that the user may see and that is theirs, as a ZIP file (docs/own-data.md). Of each conversation it holds the messages up to
 *  the last one when the list of conversations is read, at the beginning. */
export const ownDataArchive = (archive: OwnDataArchive): AsyncGenerator<Uint8Array> =>
  zipArchive(entriesOf(archive), new Date(archive.at));

async function* entriesOf({ read, bytes, own, at, onLost }: OwnDataArchive): AsyncGenerator<ArchiveEntry> {
  const { user, avatar } = own;
  const exportedAt = rfc3339(at);
  // Known once `conversations.jsonl` is written: a later entry is asked for only then.
  const conversations: ExportedConversation[] = [];
  // Known once `messages.jsonl` is written.
  const withAttachments = new Set<ExportedConversation>();
  yield text('profile.json', () => [profileOf(own, exportedAt)]);
  if (avatar !== null)
    yield { name: AVATAR_FILES[avatar.type], compress: false, content: () => [avatar.bytes] };
  yield text('conversations.jsonl', () => conversationLines(read, user.id, conversations));
  yield text('index.html', () => indexPage({ user, avatar, exportedAt, conversations }));
  yield text('messages.jsonl', () => messageLines(read, user.id, conversations, withAttachments));
  for (const conversation of conversations) yield* pagesOf(read, user.id, conversation);
  yield* attachmentEntries({ read, bytes, userId: user.id, onLost }, withAttachments);
}

const text = (name: string, content: ArchiveEntry['content']): ArchiveEntry => ({
  name,
  compress: true,
  content,
});

const profileOf = ({ user, sessions, avatar }: OwnData, exportedAt: string): string => {
  const profile = {
    format: 'parley-own-data',
    format_version: FORMAT_VERSION,
    exported_at: exportedAt,
    server_version: RELEASE,
    user,
    avatar_file: avatar === null ? null : AVATAR_FILES[avatar.type],
    sessions,
  };
  return `${JSON.stringify(profile, null, 2)}\n`;
};

/** Also notes what is listed: everything after it goes by that. */
async function* conversationLines(
  read: Read,
  userId: string,
  noted: ExportedConversation[],
): AsyncGenerator<string> {
  for await (const conversation of listedConversations(read, userId)) {
    noted.push(exportedConversation(conversation));
    yield line(conversation);
  }
}

/** Also notes the conversations that have attachments. */
async function* messageLines(
  read: Read,
  userId: string,
  conversations: readonly ExportedConversation[],
  withAttachments: Set<ExportedConversation>,
): AsyncGenerator<string> {
  for (const conversation of conversations)
    for await (const messages of messagePages(read, userId, conversation)) {
      if (messages.some(({ attachments }) => attachments.length > 0)) withAttachments.add(conversation);
      yield messages.map(line).join('');
    }
}

function* pagesOf(read: Read, ownId: string, conversation: ExportedConversation): Generator<ArchiveEntry> {
  if (messageCount(conversation) === 0) return;
  for (const part of partsOf(conversation)) {
    const pages = (): AsyncIterable<readonly MessageResource[]> =>
      messagePages(read, ownId, { id: conversation.id, from: part.from, to: part.to });
    yield text(`conversations/${partFile(conversation, part.number)}`, () =>
      conversationPage(conversation, part, { ownId, pages: pages() }),
    );
  }
}

const line = (value: object): string => `${JSON.stringify(value)}\n`;
