import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';

/** What the user has set for a conversation. It is theirs alone: the other user does not see it. */
export interface ConversationSettings {
  /** Stands above the others in the list. */
  readonly pinned: boolean;
  /** Is left out of the list until there is a new message. */
  readonly archived: boolean;
  /** RFC 3339: until then its messages are not notified, nor counted in the title; null if they are. */
  readonly mutedUntil: string | null;
}

export const DEFAULT_SETTINGS: ConversationSettings = { pinned: false, archived: false, mutedUntil: null };

/** Servers from before settings send none of them. */
type WireSettings = Pick<ConversationResource, 'id'> &
  Partial<Pick<ConversationResource, 'pinned' | 'archived' | 'muted_until'>>;

export const settingsOf = ({
  pinned = false,
  archived = false,
  muted_until: mutedUntil = null,
}: WireSettings): ConversationSettings => ({ pinned, archived, mutedUntil });

/** The conversation with these settings. Returns `conversation` itself if that makes no difference. */
export const withSettings = <C extends ConversationSettings>(
  conversation: C,
  settings: Partial<ConversationSettings>,
): C => {
  const next = { ...conversation, ...settings };
  const isSame =
    next.pinned === conversation.pinned &&
    next.archived === conversation.archived &&
    next.mutedUntil === conversation.mutedUntil;
  return isSame ? conversation : next;
};

/** Whether a conversation is muted. `now`: milliseconds since the epoch, by the server's clock. */
export const isMuted = ({ mutedUntil }: ConversationSettings, now: number): boolean =>
  mutedUntil !== null && Date.parse(mutedUntil) > now;
