import type { Account } from './account.ts';
import { isReplyRefused } from '../model/edit.ts';
import { isDeleted, type Model } from '../model/model.ts';

/** A text that was written here and can no longer be sent. `id`: the id of the message, or null for a draft.
 *  `isReply`: it could be sent if it were no reply. */
export interface Unsendable {
  readonly conversationId: string;
  readonly id: string | null;
  readonly text: string;
  readonly isReply: boolean;
}

/** A text, and the names of the files that were to go with it. */
const described = (text: string, files: readonly string[]): string =>
  [text, ...files].filter((line) => line !== '').join('\n');

/** Collects texts that no conversation shows: drafts and refused messages of conversations that the server does not
 *  have, and drafts for users who deleted their account. `moving`: conversations whose drafts may still be moved,
 *  which are left out. `files`: by conversation, the names of the files of its draft. */
export const unsendable = (
  { conversations, pending }: Pick<Model, 'conversations' | 'pending'>,
  drafts: ReadonlyMap<string, string>,
  moving: ReadonlySet<string>,
  files: ReadonlyMap<string, readonly string[]> = new Map(),
): readonly Unsendable[] => [
  ...pending
    .filter(
      ({ conversationId, failure }) =>
        failure !== null && !conversations.has(conversationId) && !moving.has(conversationId),
    )
    .map((message) => ({
      conversationId: message.conversationId,
      id: message.id,
      text: described(
        message.content,
        message.attachments.map(({ name }) => name),
      ),
      isReply: isReplyRefused(message),
    })),
  ...[...new Set([...drafts.keys(), ...files.keys()])].flatMap((conversationId) => {
    const peer = conversations.get(conversationId)?.peer;
    const canBeSent = moving.has(conversationId) || (peer !== undefined && !isDeleted(peer));
    const text = described(drafts.get(conversationId) ?? '', files.get(conversationId) ?? []);
    return canBeSent ? [] : [{ conversationId, id: null, text, isReply: false }];
  }),
];

/** The unsendable texts of an account, or none until the server has listed the conversations. */
export const unsendableOf = ({ sync, drafts, files, rehoming }: Account): readonly Unsendable[] =>
  sync.listed.get() && sync.connection.get().phase === 'live'
    ? unsendable(sync.model.get(), drafts.texts.get(), rehoming.underWay.get(), files.get()?.draftNames)
    : [];
