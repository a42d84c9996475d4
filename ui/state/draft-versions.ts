/** One text of a draft. The id is the one its message gets: two tabs that send the same version send one message. Another text
 *  has another id. */
export interface DraftVersion {
  readonly id: string;
  readonly text: string;
}

/** What one tab knows of the draft of one conversation.
 *
 *  The rule of drafts in several tabs: on disk a draft is a list of versions, and nearly always there is one. An edit makes a new
 *  version, which takes the place of those the tab had seen, and of no other. So texts that two tabs write without knowing of each
 *  other are both kept, the later one last, and each tab keeps its own in its field. A tab whose version was replaced, sent or
 *  deleted by another one, and that has not been edited since, follows. Who opens a conversation finds its versions joined
 *  into one text. */
export interface TabDraft {
  /** What is in the field of this tab; null: nothing. */
  readonly own: DraftVersion | null;
  /** The ids of the stored versions that the next save replaces. */
  readonly seen: readonly string[];
  /** Not on disk yet. */
  readonly isEdited: boolean;
}

export const NO_DRAFT: TabDraft = { own: null, seen: [], isEdited: false };

/** After a change in this tab's own field. */
export const edited = (tab: TabDraft, own: DraftVersion | null): TabDraft => ({
  ...tab,
  own,
  isEdited: true,
});

/** The versions to store in place of the stored ones. */
export const merged = (stored: readonly DraftVersion[], tab: TabDraft): readonly DraftVersion[] => {
  const { own, seen } = tab;
  const others = stored.filter(({ id, text }) => !seen.includes(id) && id !== own?.id && text !== own?.text);
  return own === null ? others : [...others, own];
};

/** While its version is being written: what is written after it replaces it. */
export const saving = (tab: TabDraft): TabDraft => ({
  ...tab,
  seen: tab.own === null ? tab.seen : [...tab.seen, tab.own.id],
});

/** After its version was written. */
export const saved = ({ own }: TabDraft): TabDraft => ({
  own,
  seen: own === null ? [] : [own.id],
  isEdited: false,
});

/** All of them in one text, without those that another one contains. */
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

/** After a look at what is stored. */
export const followed = (tab: TabDraft, stored: readonly DraftVersion[], newId: () => string): TabDraft => {
  const { own } = tab;
  if (tab.isEdited || (own === null && stored.length === 0)) return tab;
  if (own !== null && stored.some(({ id }) => id === own.id)) return tab;
  const [first] = stored;
  if (first === undefined) return NO_DRAFT;
  const isJoined = stored.length > 1;
  return {
    own: isJoined ? { id: newId(), text: joined(stored) } : first,
    seen: stored.map(({ id }) => id),
    isEdited: isJoined,
  };
};
