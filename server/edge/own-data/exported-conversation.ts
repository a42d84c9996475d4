import type { ConversationResource } from '../../protocol/resources/conversation.ts';
import type { UserResource } from '../../protocol/resources/user.ts';

/** What an export keeps of each conversation while it runs: which messages it holds, and how it is called. */
export interface ExportedConversation {
  readonly id: string;
  readonly peerName: string;
  /** The username, where another name is shown; else empty. */
  readonly peerHandle: string;
  /** Messages `from`..`to` by `seq`; none if `to` is less. */
  readonly from: number;
  readonly to: number;
  /** When the newest of them was sent, and when those that retention has removed. */
  readonly lastAt: string | null;
  readonly removedUntil: string | null;
}

/** A conversation as it is when its list is read: what comes later is not in the export. */
export const exportedConversation = (conversation: ConversationResource): ExportedConversation => {
  const { id, peer, first_seq, last_seq, last_message, removed_until } = conversation;
  return {
    id,
    ...namesOf(peer),
    from: first_seq,
    to: last_message === null ? 0 : last_seq,
    lastAt: last_message?.sent_at ?? null,
    removedUntil: removed_until,
  };
};

const namesOf = (peer: UserResource): Pick<ExportedConversation, 'peerName' | 'peerHandle'> => {
  if ('deleted' in peer || peer.display_name === null) return { peerName: peer.username, peerHandle: '' };
  return { peerName: peer.display_name, peerHandle: peer.username };
};

/** Messages of one page; more than a browser shows without effort would be no reading. */
export const PAGE_MESSAGES = 2_000;

export const messageCount = ({ from, to }: Pick<ExportedConversation, 'from' | 'to'>): number =>
  Math.max(0, to - from + 1);

/** One page of a conversation: `number` from 1 to `of`. */
export interface ConversationPart {
  readonly number: number;
  readonly of: number;
  readonly from: number;
  readonly to: number;
}

export const partsOf = ({
  from,
  to,
}: Pick<ExportedConversation, 'from' | 'to'>): readonly ConversationPart[] => {
  const of = Math.ceil(messageCount({ from, to }) / PAGE_MESSAGES);
  return Array.from({ length: of }, (_, i) => {
    const start = from + i * PAGE_MESSAGES;
    return { number: i + 1, of, from: start, to: Math.min(to, start + PAGE_MESSAGES - 1) };
  });
};

/** The page of a conversation that holds a message. */
export const partNumberOf = ({ from }: Pick<ExportedConversation, 'from'>, seq: number): number =>
  Math.floor((seq - from) / PAGE_MESSAGES) + 1;

/** The file of a page, in its folder. The name is for whoever looks for it, the id makes it unique. */
export const partFile = ({ id, peerName, peerHandle }: ExportedConversation, number: number): string => {
  const name = (peerHandle === '' ? peerName : peerHandle).toLowerCase().replace(/[^a-z0-9_-]+/g, '-');
  return `${name}-${id}${number === 1 ? '' : `-${String(number)}`}.html`;
};
