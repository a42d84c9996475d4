import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { FileUse } from '../../server/storage/attachments/file-use.ts';
import type { StoredAttachment } from '../../server/storage/attachments/stored-attachment.ts';
import type { Appended, Writes } from '../../server/storage/writes.ts';
import { pairOf, type Stage } from './stage.ts';

/** An attachment as a store is told of it. Those with the same `bytes` have the same hash. */
export const attachmentOf = (id: string, name: string, bytes = name): StoredAttachment => ({
  ...{ id, name, type: 'image/png', size: bytes.length },
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

export const upload = async (
  stage: Stage,
  userId: string,
  name: string,
  bytes = name,
): Promise<StoredAttachment> => {
  const attachment = attachmentOf(stage.ids.next(), name, bytes);
  assert.deepEqual(await stage.do('addAttachment', { userId, attachment }), { kind: 'added' });
  return attachment;
};

export const messageWith = (
  stage: Stage,
  from: string,
  to: string,
  attachments: readonly string[],
  { content = '', messageId = stage.ids.next() } = {},
) => ({
  type: 'appendMessage' as const,
  input: {
    ...{ messageId, senderId: from, content, attachments },
    pair: pairOf(from, to),
    newConversationId: stage.ids.next(),
  },
});

type Sent = Parameters<typeof messageWith>[4];

/** Whatever becomes of it. */
export const tryWith = (
  stage: Stage,
  from: string,
  to: string,
  attachments: readonly string[],
  sent?: Sent,
): Promise<Writes['appendMessage']['out']> => {
  const { type, input } = messageWith(stage, from, to, attachments, sent);
  return stage.do(type, input);
};

export const sendWith = async (
  stage: Stage,
  from: string,
  to: string,
  attachments: readonly StoredAttachment[],
  sent?: Sent,
): Promise<Appended> => {
  stage.clock.advance(1);
  const ids = attachments.map(({ id }) => id);
  const result = await tryWith(stage, from, to, ids, sent);
  assert.equal(result.kind, 'appended', JSON.stringify(result));
  return result;
};

/** What a store knows of the files of attachments, as the server asks it. */
export const fileUseOf = (stage: Stage): FileUse => ({
  async takeRemovedFiles(limit) {
    const { sha256s } = await stage.do('takeRemovedFiles', { limit });
    return sha256s;
  },
  usedFiles: (hashes) => stage.queries.usedFiles(hashes),
  async livingUsers(userIds) {
    const found = await Promise.all(userIds.map((userId) => stage.queries.me(userId)));
    return userIds.filter((_, at) => found[at] !== null);
  },
});

/** How many there are, sent or not. */
export const countOf = async (stage: Stage): Promise<number> =>
  (await stage.queries.storeCounts()).attachments;
