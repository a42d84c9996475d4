import type { Account } from './account.ts';
import { isDeleted, type Model } from './model.ts';

/** What was written and can't be sent any more. `id`: of a message; null: a draft. */
export interface Unsendable {
  readonly chatId: string;
  readonly id: string | null;
  readonly text: string;
}

/** What no conversation shows: drafts and refused messages of conversations that the server does not have, and drafts for people who
 *  deleted their account. `moving`: what may still find another conversation. */
export const unsendable = (
  { chats, pending }: Pick<Model, 'chats' | 'pending'>,
  drafts: ReadonlyMap<string, string>,
  moving: ReadonlySet<string>,
): readonly Unsendable[] => [
  ...pending
    .filter(({ chatId, failure }) => failure !== null && !chats.has(chatId) && !moving.has(chatId))
    .map(({ chatId, id, text }) => ({ chatId, id, text })),
  ...[...drafts].flatMap(([chatId, text]) => {
    const peer = chats.get(chatId)?.peer;
    const canBeSent = moving.has(chatId) || (peer !== undefined && !isDeleted(peer));
    return canBeSent ? [] : [{ chatId, id: null, text }];
  }),
];

/** The same of an account. Known once the server has told which conversations there are. */
export const unsendableOf = ({ sync, drafts, rehoming }: Account): readonly Unsendable[] =>
  sync.listed.get() && sync.connection.get().phase === 'live'
    ? unsendable(sync.model.get(), drafts.texts.get(), rehoming.underWay.get())
    : [];
