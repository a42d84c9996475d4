import type { MessageReference } from '../model/model.ts';

/** One version of a draft. Its id becomes the id of its message, so two tabs that send the same version send one
 *  message. Another text, or a reply to another message, has another id. The text of a reply may be empty. */
export interface DraftVersion {
  readonly id: string;
  readonly text: string;
  readonly replyTo?: MessageReference;
}

/** What one tab knows of the draft of one conversation.
 *
 *  The rule for drafts in several tabs: on disk a draft is a list of versions, usually of one. An edit creates a new
 *  version, which replaces only the versions that the tab had seen. If two tabs write without knowing of each other,
 *  both texts are kept, the later one last, and each tab keeps its own text in its field. If a tab has not edited its
 *  version since, and another tab replaces, sends or deletes it, the tab follows. Whoever opens the conversation
 *  later finds its versions joined into one text. */
export interface TabDraft {
  /** The version in this tab's field; null if the field is empty. */
  readonly own: DraftVersion | null;
  /** The ids of the stored versions that the next save replaces. */
  readonly seen: readonly string[];
  /** Whether the field holds an edit that is not on disk yet. */
  readonly isEdited: boolean;
}

export const NO_DRAFT: TabDraft = { own: null, seen: [], isEdited: false };

/** The state after an edit in this tab's own field. */
export const edited = (tab: TabDraft, own: DraftVersion | null): TabDraft => ({
  ...tab,
  own,
  isEdited: true,
});

/** The versions to store, given the stored ones. */
export const merged = (stored: readonly DraftVersion[], tab: TabDraft): readonly DraftVersion[] => {
  const { own, seen } = tab;
  const others = stored.filter(({ id, text }) => !seen.includes(id) && id !== own?.id && text !== own?.text);
  return own === null ? others : [...others, own];
};

/** The state while the tab's version is being written. An edit made meanwhile will replace that version. */
export const saving = (tab: TabDraft): TabDraft => ({
  ...tab,
  seen: tab.own === null ? tab.seen : [...tab.seen, tab.own.id],
});

/** The state after the tab's version was written. */
export const saved = ({ own }: TabDraft): TabDraft => ({
  own,
  seen: own === null ? [] : [own.id],
  isEdited: false,
});

/** Joins all versions into one text. Leaves out versions that another one contains. */
export const joined = (versions: readonly DraftVersion[]): string =>
  versions
    .filter(
      ({ text }, at) =>
        !versions.some(
          (other, where) => where !== at && other.text.includes(text) && (other.text !== text || where > at),
        ),
    )
    .map(({ text }) => text)
    .join('\n');

/** The version that holds several: their texts, and the reply that was chosen last. */
const joinedVersion = (id: string, versions: readonly DraftVersion[]): DraftVersion => {
  const { replyTo } = versions.findLast((version) => version.replyTo !== undefined) ?? {};
  return { id, text: joined(versions), ...(replyTo && { replyTo }) };
};

/** The state after the stored versions were read. */
export const followed = (tab: TabDraft, stored: readonly DraftVersion[], newId: () => string): TabDraft => {
  const { own } = tab;
  if (tab.isEdited || (own === null && stored.length === 0)) return tab;
  if (own !== null && stored.some(({ id }) => id === own.id)) return tab;
  const [first] = stored;
  if (first === undefined) return NO_DRAFT;
  const isJoined = stored.length > 1;
  return {
    own: isJoined ? joinedVersion(newId(), stored) : first,
    seen: stored.map(({ id }) => id),
    isEdited: isJoined,
  };
};
