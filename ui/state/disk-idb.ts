import type { Clock } from '../net/clock.ts';
import { newId } from '../net/ids.ts';
import type { SiteStorage } from '../shell/site-storage.ts';
import { CACHE, DiskConnection, isWantOfRoom, type Database, type Run } from './disk-connection.ts';
import { draftFrom, keyOfDamaged, savedFrom, waitingFrom } from './disk-rows.ts';
import { keepable, type Disk, type Draft, type DraftStore, type Saved } from './disk.ts';
import { withUnsavedDrafts } from './drafts-overflow.ts';
import { allOf, answer, committed } from './indexed-db.ts';
import { withOverflow } from './outbox-overflow.ts';
import type { OutboxStore } from './outbox.ts';

const present = <T>(value: T | null): value is T => value !== null;

const keyIn = (outbox: IDBObjectStore, id: string): Promise<IDBValidKey | undefined> | number =>
  keyOfDamaged(id) ?? answer(outbox.index('id').getKey(id));

/** One transaction on one store. */
const writing = (db: Database, name: 'outbox' | 'drafts'): { tx: IDBTransaction; store: IDBObjectStore } => {
  const tx = db.transaction(name, 'readwrite');
  return { tx, store: tx.objectStore(name) };
};

const outboxIn = (run: Run, clock: Clock): OutboxStore => ({
  all: () =>
    run(async (db) =>
      (await allOf(db, 'outbox')).map((row) => waitingFrom(row, clock.now())).filter(present),
    ),
  /** The same message again is no second row: an earlier attempt may have reached the disk though nobody was told. */
  add: (waiting) =>
    run(async (db) => {
      const { tx, store } = writing(db, 'outbox');
      const done = committed(tx);
      const key = await answer(store.index('id').getKey(waiting.id));
      const order = await answer(store.put(key === undefined ? waiting : { ...waiting, order: key }));
      await done;
      return { ...waiting, order: order as number };
    }),
  put: (waiting) =>
    run(async (db) => {
      const { tx, store } = writing(db, 'outbox');
      store.put(waiting);
      await committed(tx);
    }),
  requeue: (id) =>
    run(async (db) => {
      const { tx, store } = writing(db, 'outbox');
      const done = committed(tx);
      const key = await keyIn(store, id);
      const held = key === undefined ? null : waitingFrom(await answer(store.get(key)), clock.now());
      if (key === undefined || held === null) return null;
      const { order: _order, ...rest } = held;
      // A row that was damaged becomes a whole one.
      const last = { ...rest, id: keyOfDamaged(id) === null ? id : newId(), failure: null };
      store.delete(key);
      const order = await answer(store.add(last));
      await done;
      return { ...last, order: order as number };
    }),
  remove: (id) =>
    run(async (db) => {
      const { tx, store } = writing(db, 'outbox');
      const done = committed(tx);
      const key = await keyIn(store, id);
      if (key !== undefined) store.delete(key);
      await done;
    }),
});

const putDraft = (store: IDBObjectStore, draft: Draft): void => {
  if (draft.text === '') store.delete(draft.chatId);
  else store.put(draft);
};

const draftsIn = (run: Run): DraftStore => ({
  all: () => run(async (db) => (await allOf(db, 'drafts')).map(draftFrom).filter(present)),
  put: (draft) =>
    run(async (db) => {
      const { tx, store } = writing(db, 'drafts');
      putDraft(store, draft);
      // Said aloud: the window may be closing, and what is not committed when it is gone is undone.
      tx.commit();
      await committed(tx);
    }),
  edit: (chatId, change) =>
    run(async (db) => {
      const { tx, store } = writing(db, 'drafts');
      const done = committed(tx);
      putDraft(store, change(draftFrom(await answer(store.get(chatId))) ?? undefined));
      await done;
    }),
});

const load = async (db: Database): Promise<Saved | null> => {
  const tx = db.transaction(CACHE, 'readonly');
  const runs = tx.objectStore('timelines');
  const [place, chats, ids, rows] = await Promise.all([
    answer<unknown>(tx.objectStore('place').get('me')),
    answer<unknown[]>(tx.objectStore('chats').getAll()),
    answer(runs.getAllKeys()),
    answer<unknown[]>(runs.getAll()),
  ]);
  return savedFrom(
    place,
    chats,
    ids.map((id, at) => [id, rows[at]]),
  );
};

/** Writes what changed since the last time; rows of conversations that are gone go too. */
const cacheWriter = () => {
  /** What is on the disk for sure; null: nobody knows. */
  let before: Saved | null = null;
  let unsaved: Saved | null = null;
  const write = async (db: Database): Promise<void> => {
    const next = unsaved;
    if (next === null) return;
    const last = before;
    before = null;
    const heldChats = new Set(last?.chats);
    const heldRuns = new Map(last?.timelines.map(([id, run]) => [id, run.messages.at(-1)] as const));
    const tx = db.transaction(CACHE, 'readwrite');
    const chats = tx.objectStore('chats');
    const timelines = tx.objectStore('timelines');
    if (last === null) {
      chats.clear();
      timelines.clear();
    }
    for (const chat of next.chats) if (!heldChats.has(chat)) chats.put(chat, chat.id);
    for (const [id, run] of next.timelines) {
      if (!heldRuns.has(id) || heldRuns.get(id) !== run.messages.at(-1)) timelines.put(run, id);
    }
    const chatIds = new Set(next.chats.map((chat) => chat.id));
    const runIds = new Set(next.timelines.map(([id]) => id));
    for (const chat of last?.chats ?? []) if (!chatIds.has(chat.id)) chats.delete(chat.id);
    for (const [id] of last?.timelines ?? []) if (!runIds.has(id)) timelines.delete(id);
    const { cursor, history, witness } = next;
    tx.objectStore('place').put({ cursor, history, witness }, 'me');
    await committed(tx);
    before = next;
    if (unsaved === next) unsaved = null;
  };
  return {
    write,
    note(next: Saved): void {
      unsaved = next;
    },
    /** On a database that may not have what was written before. */
    restore: (db: Database): Promise<void> => {
      unsaved ??= before;
      before = null;
      return write(db);
    },
  };
};

/** A browser throws data away when its disk fills up, unless it was asked not to. Firefox would show the person a question that
 *  nobody expects here, so it is asked only where the browser decides by itself. */
const askToPersist = async (): Promise<void> => {
  if ('userAgentData' in navigator) await (navigator as Navigator).storage.persist();
};

export interface DiskOwner {
  readonly userId: string;
  readonly clock: Clock;
  readonly storage: SiteStorage;
  /** Whether the person is still logged in here. */
  readonly isWanted: () => boolean;
}

/** Opens a person's place on this device; in memory where the browser refuses or does not answer, until it does. Never rejects. */
export const openDisk = async ({ userId, clock, storage, isWanted }: DiskOwner): Promise<Disk> => {
  let onBack = (): void => undefined;
  const cache = cacheWriter();
  const connection: DiskConnection = new DiskConnection({
    name: `parley:${userId}`,
    clock,
    storage,
    isWanted,
    async restore(db, dropped) {
      const direct: Run = (work) => work(db);
      // Each in its turn, whatever the one before it lacks; what fails is told, want of room last.
      const faults: unknown[] = [];
      for (const part of [
        () => outbox.restore(outboxIn(direct, clock), dropped),
        () => drafts.restore(draftsIn(direct), dropped),
        () => cache.restore(db),
      ])
        await part().catch((error: unknown) => faults.push(error));
      if (faults.length > 0) throw faults.find((error) => !isWantOfRoom(error)) ?? faults[0];
    },
    async look(db) {
      const direct: Run = (work) => work(db);
      await Promise.allSettled([outbox.look(outboxIn(direct, clock)), drafts.look(draftsIn(direct))]);
    },
    onBack: () => {
      onBack();
    },
  });
  const { run, condition } = connection;
  const outbox = withOverflow(outboxIn(run, clock));
  const drafts = withUnsavedDrafts(draftsIn(run));
  await connection.open();
  void askToPersist().catch(() => undefined);
  return {
    condition,
    outbox,
    drafts,
    whenBack(call) {
      onBack = call;
    },
    load: () => run(load).catch(() => null),
    async save(model) {
      cache.note(keepable(model));
      // What is full is tried again from time to time, with all that waits.
      if (condition.get() !== 'full') await run(cache.write);
      else await run((db) => answer(db.transaction('place').objectStore('place').count()));
    },
    async clearCache() {
      try {
        await run(async (db) => {
          const tx = db.transaction(CACHE, 'readwrite');
          for (const name of CACHE) tx.objectStore(name).clear();
          await committed(tx);
        });
      } finally {
        connection.close();
      }
    },
    close: () => {
      connection.close();
    },
    destroy: () => connection.destroy(),
  };
};
