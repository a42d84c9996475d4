import type { ShownMessage } from '../../presenting/presented-rows.ts';
import { statement, type Sql } from '../sql.ts';
import { attachmentColumns, toAttachment, type AttachmentTuple } from './attachments.ts';
import type { LoadedRows } from './loaded-rows.ts';

const ATTACHMENTS = statement<readonly [...AttachmentTuple, conversation: number, seq: number]>(
  'attachments_of_messages',
  `SELECT ${attachmentColumns('a')}, a.conversation, a.seq
   FROM unnest($1::bigint[], $2::integer[]) AS wanted (conversation, seq)
   JOIN attachments a ON a.conversation = wanted.conversation AND a.seq = wanted.seq ORDER BY a.position`,
);

/** Loads the attachments of messages. Nothing is asked for if none has any. */
export const loadAttachments = async (
  sql: Pick<Sql, 'query'>,
  rows: LoadedRows,
  messages: readonly Pick<ShownMessage, 'conversation' | 'seq' | 'hasAttachments'>[],
): Promise<void> => {
  if (!messages.some(({ hasAttachments }) => hasAttachments)) return;
  // A message stands in the logs of both users.
  const having = [
    ...new Map(
      messages
        .filter(({ hasAttachments }) => hasAttachments)
        .map((each) => [`${String(each.conversation)}:${String(each.seq)}`, each]),
    ).values(),
  ];
  const found = await sql.query(ATTACHMENTS, [
    having.map(({ conversation }) => conversation),
    having.map(({ seq }) => seq),
  ]);
  rows.addAttachments(found.map((columns) => [columns[5], columns[6], toAttachment(columns)]));
};
