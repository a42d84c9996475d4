import { keepable, type Disk, type Draft, type Saved } from './disk.ts';
import type { OutboxStore, Waiting } from './outbox.ts';

export const memoryOutbox = (): OutboxStore => {
  let rows: Waiting[] = [];
  let order = 0;
  return {
    all: () => Promise.resolve([...rows]),
    add(waiting) {
      const row = { ...waiting, order: ++order };
      rows.push(row);
      return Promise.resolve(row);
    },
    put(waiting) {
      rows = rows.map((row) => (row.id === waiting.id ? waiting : row));
      return Promise.resolve();
    },
    requeue(id) {
      const held = rows.find((row) => row.id === id);
      if (held === undefined) return Promise.resolve(null);
      const last = { ...held, failure: null, order: ++order };
      rows = [...rows.filter((row) => row !== held), last];
      return Promise.resolve(last);
    },
    remove(id) {
      rows = rows.filter((row) => row.id !== id);
      return Promise.resolve();
    },
  };
};

/** Where the browser refuses storage (some private windows): works, and forgets on reload. */
export const memoryDisk = (): Disk => {
  const drafts = new Map<string, Draft>();
  let saved: Saved | null = null;
  return {
    outbox: memoryOutbox(),
    drafts: {
      all: () => Promise.resolve([...drafts.values()]),
      put(draft) {
        if (draft.text === '') drafts.delete(draft.chatId);
        else drafts.set(draft.chatId, draft);
        return Promise.resolve();
      },
    },
    load: () => Promise.resolve(saved),
    save(model) {
      saved = keepable(model);
      return Promise.resolve();
    },
    clearCache() {
      saved = null;
      return Promise.resolve();
    },
    destroy() {
      saved = null;
      drafts.clear();
      return Promise.resolve();
    },
  };
};
