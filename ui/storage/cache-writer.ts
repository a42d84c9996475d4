import { CACHE, type DiskDatabase } from './disk-connection.ts';
import type { Saved } from './disk.ts';
import { committed } from './indexed-db.ts';

/** Writes what changed since the last write, and removes the rows of conversations that are gone. */
export const cacheWriter = () => {
  /** What is certainly on disk; null if unknown. */
  let before: Saved | null = null;
  let unsaved: Saved | null = null;
  const write = async (db: DiskDatabase): Promise<void> => {
    const next = unsaved;
    if (next === null) return;
    const last = before;
    before = null;
    const heldConversations = new Set(last?.chats);
    const heldRuns = new Map(last?.timelines.map(([id, run]) => [id, run.messages] as const));
    const tx = db.transaction(CACHE, 'readwrite');
    const chats = tx.objectStore('chats');
    const timelines = tx.objectStore('timelines');
    if (last === null) {
      chats.clear();
      timelines.clear();
    }
    for (const chat of next.chats) if (!heldConversations.has(chat)) chats.put(chat, chat.id);
    for (const [id, run] of next.timelines) {
      const held = heldRuns.get(id);
      // Any of the messages differs after a reaction to it.
      if (held?.length !== run.messages.length || run.messages.some((message, at) => message !== held[at]))
        timelines.put(run, id);
    }
    const chatIds = new Set(next.chats.map((chat) => chat.id));
    const runIds = new Set(next.timelines.map(([id]) => id));
    for (const chat of last?.chats ?? []) if (!chatIds.has(chat.id)) chats.delete(chat.id);
    for (const [id] of last?.timelines ?? []) if (!runIds.has(id)) timelines.delete(id);
    const { cursor, history, witness, own, blocked, reactions } = next;
    tx.objectStore('place').put({ cursor, history, witness, own, blocked, reactions }, 'me');
    // Commit explicitly: the window may be closing, and what is not committed by then is undone.
    tx.commit();
    await committed(tx);
    before = next;
    if (unsaved === next) unsaved = null;
  };
  return {
    write,
    note(next: Saved): void {
      unsaved = next;
    },
    /** Writes everything, because this database may lack what was written before. */
    writeBack: (db: DiskDatabase): Promise<void> => {
      unsaved ??= before;
      before = null;
      return write(db);
    },
  };
};
