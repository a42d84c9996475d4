import { firstSeq, type ConversationRecord } from '../../rules/conversation-record.ts';
import { ATTACHMENT_COLUMNS, toAttachment, type RawAttachment } from './attachment-columns.ts';
import { toBlob } from '../uuid.ts';
import type { QueryDeps, SnapshotQueries } from './snapshot-queries.ts';

type AttachmentQueries = Pick<SnapshotQueries, 'attachment' | 'uploaded' | 'usedFiles'>;

type RawPlaced = [...RawAttachment, uploader: number, conversation: number | null, seq: number | null];

/** Attachments, and the files in which their bytes are. */
export const attachmentQueries = (deps: QueryDeps): AttachmentQueries => {
  const { db } = deps;
  const byId = db
    .read<[Buffer], RawPlaced>(
      `SELECT ${ATTACHMENT_COLUMNS}, a.uploader, a.conversation, a.seq FROM attachments a WHERE a.id = ?`,
    )
    .raw();
  const unsent = db
    .read<[number], number>('SELECT count(*) FROM attachments WHERE uploader = ? AND conversation IS NULL')
    .pluck();
  const isUsed = db
    .read<[Buffer], number>('SELECT EXISTS (SELECT 1 FROM attachments WHERE sha256 = ?)')
    .pluck();
  return {
    attachment(rx, viewerId, attachmentId) {
      const found = rx.get(byId, toBlob(attachmentId));
      const rows = deps.rows(rx);
      const viewer = found === undefined ? null : rows.user(viewerId);
      if (found === undefined || viewer === null) return null;
      const [, , , , , uploader, conversation, seq] = found;
      const isVisible =
        conversation === null
          ? uploader === viewer.row
          : isShown(rows.conversationAt(conversation), seq ?? 0, viewer.row);
      return isVisible ? toAttachment(found) : null;
    },
    uploaded(rx, userId, attachmentId) {
      const user = deps.rows(rx).user(userId);
      if (user === null) return { unsent: 0, attachment: null };
      const found = rx.get(byId, toBlob(attachmentId));
      const isOwn = found?.[5] === user.row;
      return {
        unsent: rx.get(unsent, user.row) ?? 0,
        attachment: isOwn ? toAttachment(found) : null,
      };
    },
    usedFiles: (rx, sha256s) => sha256s.filter((hash) => rx.get(isUsed, Buffer.from(hash, 'hex')) === 1),
  };
};

/** Whether a message of a conversation is there for a user. */
const isShown = (record: ConversationRecord, seq: number, user: number): boolean =>
  (record.sideA.user === user || record.sideB.user === user) && seq >= firstSeq(record, user);
