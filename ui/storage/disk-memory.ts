import type { FileStore, PickedFile } from '../attachments/file-store.ts';
import { keepable, type Disk, type DiskCondition, type Saved } from './disk.ts';
import { isEmptyDraft, type Draft } from '../drafts/draft-store.ts';
import { retried, type OutboxStore, type Waiting } from '../outbox/outbox.ts';
import { signal } from '../model/signal.ts';

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
      const last = { ...retried(held), order: ++order };
      rows = [...rows.filter((row) => row !== held), last];
      return Promise.resolve(last);
    },
    remove(id) {
      rows = rows.filter((row) => row.id !== id);
      return Promise.resolve();
    },
  };
};

export const memoryFiles = (): FileStore => {
  const rows = new Map<string, PickedFile>();
  return {
    all: () => Promise.resolve([...rows.values()]),
    put(file) {
      rows.set(file.key, file);
      return Promise.resolve();
    },
    edit(key, change) {
      const held = rows.get(key);
      if (held === undefined) return Promise.resolve(null);
      const next = change(held);
      rows.set(key, next);
      return Promise.resolve(next);
    },
    remove(keys) {
      for (const key of keys) rows.delete(key);
      return Promise.resolve();
    },
  };
};

/** A disk in memory: for tests, and for a user of whom nothing is stored. */
export const memoryDisk = (): Disk => {
  const drafts = new Map<string, Draft>();
  let saved: Saved | null = null;
  const put = (draft: Draft): Promise<void> => {
    if (isEmptyDraft(draft)) drafts.delete(draft.chatId);
    else drafts.set(draft.chatId, draft);
    return Promise.resolve();
  };
  return {
    condition: signal<DiskCondition>('memory'),
    whenBack: () => undefined,
    outbox: memoryOutbox(),
    files: memoryFiles(),
    drafts: {
      all: () => Promise.resolve([...drafts.values()]),
      put,
      edit: (chatId, change) => put(change(drafts.get(chatId))),
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
    close: () => undefined,
    destroy() {
      saved = null;
      drafts.clear();
      return Promise.resolve();
    },
  };
};
