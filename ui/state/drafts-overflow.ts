import type { Draft, DraftStore } from './disk.ts';

export interface KeptDrafts extends DraftStore {
  /** Rows of a store that is only read. */
  look(store: DraftStore): Promise<void>;
  /** Writes what the disk has not taken. `dropped`: what it once had is written again too. Rejects when it does not take it. */
  restore(disk: DraftStore, dropped: boolean): Promise<void>;
}

/** A draft, and another version of it beside its own. */
const withOthers = (draft: Draft, row: Draft): Draft => {
  const { chatId, id = chatId, text, others = [] } = row;
  return { ...draft, others: [...others, { id, text }, ...(draft.others ?? [])] };
};

/** Drafts as this window knows them: what the disk does not take stays here, and is written once it does. Never rejects. */
export const withUnsavedDrafts = (disk: DraftStore): KeptDrafts => {
  /** By conversation; with an empty text where the draft was removed. */
  const held = new Map<string, Draft>();
  const untaken = new Set<string>();
  /** Whether the disk has told once what it has. */
  let looked = false;

  const refresh = async (store: DraftStore): Promise<void> => {
    const rows = await store.all();
    for (const chatId of [...held.keys()]) if (!untaken.has(chatId)) held.delete(chatId);
    for (const row of rows) {
      const mine = untaken.has(row.chatId) ? held.get(row.chatId) : undefined;
      // Begun at an earlier start, and not in sight when this was written: neither is lost.
      if (mine !== undefined && !looked && mine.text !== '' && mine.text !== row.text)
        held.set(row.chatId, withOthers(mine, row));
      else if (mine === undefined || !looked) {
        held.set(row.chatId, row);
        untaken.delete(row.chatId);
      }
    }
    looked = true;
  };
  const hold = (draft: Draft): void => {
    held.set(draft.chatId, draft);
    untaken.add(draft.chatId);
  };
  const write = async (store: DraftStore, chatId: string): Promise<void> => {
    const draft = held.get(chatId) ?? { chatId, text: '' };
    await store.put(draft);
    if (held.get(chatId) === draft) untaken.delete(chatId);
  };
  const flush = async (store: DraftStore): Promise<void> => {
    for (const chatId of [...untaken]) await write(store, chatId);
  };

  return {
    async all() {
      await refresh(disk).catch(() => undefined);
      return [...held.values()].filter(({ text }) => text !== '');
    },
    async put(draft) {
      hold(draft);
      await write(disk, draft.chatId)
        .then(() => flush(disk))
        .catch(() => undefined);
    },
    async edit(chatId, change) {
      let written: Draft | undefined;
      try {
        if (untaken.size > 0) await flush(disk);
        await disk.edit(chatId, (row) => (written = change(row)));
        if (written !== undefined) held.set(chatId, written);
      } catch {
        hold(written ?? change(held.get(chatId)));
      }
    },
    look: refresh,
    async restore(store, dropped) {
      const before = [...held.values()];
      await refresh(store);
      if (dropped) for (const draft of before) if (!held.has(draft.chatId) && draft.text !== '') hold(draft);
      await flush(store);
    },
  };
};
