import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { keepable, type Disk, type Draft, type DraftStore, type Saved } from './disk.ts';
import { memoryDisk } from './disk-memory.ts';
import type { Chat, Timeline } from './model.ts';
import type { OutboxStore, Waiting } from './outbox.ts';
import { withOverflow } from './outbox-overflow.ts';

interface Schema extends DBSchema {
  outbox: { key: number; value: Omit<Waiting, 'order'> & { order?: number }; indexes: { id: string } };
  drafts: { key: string; value: Draft };
  /** What rows of before there were histories lack is optional. */
  place: { key: string; value: Pick<Saved, 'cursor'> & Partial<Pick<Saved, 'history' | 'witness'>> };
  chats: { key: string; value: Chat };
  timelines: { key: string; value: Timeline };
}
type Database = IDBPDatabase<Schema>;

const VERSION = 1;
const CACHE = ['place', 'chats', 'timelines'] as const;
const nameOf = (owner: string): string => `parley:${owner}`;

const outboxIn = (db: Database): OutboxStore => ({
  all: async () => (await db.getAll('outbox')) as Waiting[],
  async add(waiting) {
    const order = await db.add('outbox', waiting);
    return { ...waiting, order };
  },
  async put(waiting) {
    await db.put('outbox', waiting);
  },
  async requeue(id) {
    const tx = db.transaction('outbox', 'readwrite');
    const key = await tx.store.index('id').getKey(id);
    const held = key === undefined ? undefined : await tx.store.get(key);
    if (key === undefined || held === undefined) return null;
    const { order: _order, ...rest } = held;
    await tx.store.delete(key);
    const order = await tx.store.add({ ...rest, failure: null });
    await tx.done;
    return { ...rest, failure: null, order };
  },
  async remove(id) {
    const tx = db.transaction('outbox', 'readwrite');
    const key = await tx.store.index('id').getKey(id);
    if (key !== undefined) await tx.store.delete(key);
    await tx.done;
  },
});

const draftsIn = (db: Database): DraftStore => ({
  all: () => db.getAll('drafts'),
  async put(draft) {
    const tx = db.transaction('drafts', 'readwrite');
    const write = draft.text === '' ? tx.store.delete(draft.chatId) : tx.store.put(draft);
    // Said aloud: the window may be closing, and what is not committed when it is gone is undone.
    tx.commit();
    await Promise.all([write, tx.done]);
  },
});

const load = async (db: Database): Promise<Saved | null> => {
  const tx = db.transaction(CACHE, 'readonly');
  const place = await tx.objectStore('place').get('me');
  if (place === undefined) return null;
  const chats = await tx.objectStore('chats').getAll();
  const store = tx.objectStore('timelines');
  const [ids, runs] = await Promise.all([store.getAllKeys(), store.getAll()]);
  const timelines = ids.flatMap((id, at): [string, Timeline][] => {
    const run = runs[at];
    return run === undefined ? [] : [[id, run]];
  });
  const { cursor, history = null, witness = null } = place;
  return { cursor, history, witness, chats, timelines };
};

/** Writes what changed since the last time; rows of conversations that are gone go too. */
const writerFor = (db: Database): Disk['save'] => {
  let before: Saved | null = null;
  return async (model) => {
    const next = keepable(model);
    const heldChats = new Set(before?.chats);
    const heldRuns = new Map(before?.timelines.map(([id, run]) => [id, run.messages.at(-1)] as const));
    const tx = db.transaction(CACHE, 'readwrite');
    const chats = tx.objectStore('chats');
    const timelines = tx.objectStore('timelines');
    const writes: Promise<unknown>[] = [];
    if (before === null) writes.push(chats.clear(), timelines.clear());
    for (const chat of next.chats) if (!heldChats.has(chat)) writes.push(chats.put(chat, chat.id));
    for (const [id, run] of next.timelines) {
      if (!heldRuns.has(id) || heldRuns.get(id) !== run.messages.at(-1)) writes.push(timelines.put(run, id));
    }
    const chatIds = new Set(next.chats.map((chat) => chat.id));
    const runIds = new Set(next.timelines.map(([id]) => id));
    for (const chat of before?.chats ?? []) if (!chatIds.has(chat.id)) writes.push(chats.delete(chat.id));
    for (const [id] of before?.timelines ?? []) if (!runIds.has(id)) writes.push(timelines.delete(id));
    const { cursor, history, witness } = next;
    writes.push(tx.objectStore('place').put({ cursor, history, witness }, 'me'));
    await Promise.all(writes);
    await tx.done;
    before = next;
  };
};

const open = (owner: string): Promise<Database> =>
  openDB<Schema>(nameOf(owner), VERSION, {
    upgrade(db) {
      db.createObjectStore('outbox', { keyPath: 'order', autoIncrement: true }).createIndex('id', 'id', {
        unique: true,
      });
      db.createObjectStore('drafts', { keyPath: 'chatId' });
      for (const name of CACHE) db.createObjectStore(name);
    },
    // Another window wants to delete or upgrade: do not stand in its way.
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
    },
  });

/** Opens a person's place on this device; in memory where the browser refuses. Never rejects. */
export const openDisk = async (owner: string): Promise<Disk> => {
  let db: Database;
  try {
    db = await open(owner);
  } catch {
    return memoryDisk();
  }
  return {
    outbox: withOverflow(outboxIn(db)),
    drafts: draftsIn(db),
    load: () => load(db).catch(() => null),
    save: writerFor(db),
    async clearCache() {
      const tx = db.transaction(CACHE, 'readwrite');
      await Promise.all(CACHE.map((name) => tx.objectStore(name).clear()));
      await tx.done;
    },
    async destroy() {
      db.close();
      await deleteDB(nameOf(owner));
    },
  };
};
