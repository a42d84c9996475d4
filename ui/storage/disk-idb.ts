import type { Clock } from '../net/clock.ts';
import { newId } from '../net/ids.ts';
import type { SiteStorage } from '../platform/site-storage.ts';
import type { FileStore } from '../attachments/file-store.ts';
import { cancelDeletion, deleteDatabase } from './begun-deletions.ts';
import { cacheWriter } from './cache-writer.ts';
import {
  CACHE,
  DiskConnection,
  isNamed,
  isWantOfRoom,
  type DiskDatabase,
  type Run,
} from './disk-connection.ts';
import { draftFrom, keyOfDamaged, savedFrom, waitingFrom, waitingRow } from './disk-rows.ts';
import { keepable, type Disk, type Saved } from './disk.ts';
import { isEmptyDraft, type Draft, type DraftStore } from '../drafts/draft-store.ts';
import { DraftsOverflow } from './drafts-overflow.ts';
import { allOf, answer, committed } from './indexed-db.ts';
import { OutboxOverflow } from './outbox-overflow.ts';
import { retried, type OutboxStore } from '../outbox/outbox.ts';

const present = <T>(value: T | null): value is T => value !== null;

const keyIn = (outbox: IDBObjectStore, id: string): Promise<IDBValidKey | undefined> | number =>
  keyOfDamaged(id) ?? answer(outbox.index('id').getKey(id));

/** Begins a transaction on one store. */
const writing = (
  db: DiskDatabase,
  name: 'outbox' | 'drafts',
): { tx: IDBTransaction; store: IDBObjectStore } => {
  const tx = db.transaction(name, 'readwrite');
  return { tx, store: tx.objectStore(name) };
};

type WaitingRow = ReturnType<typeof waitingRow>;

/** Adds a row in a transaction that waits for nothing: the window may be closing, and what is not committed by then is undone. Rejects
 *  with a `ConstraintError` if there is a row with this id. */
const addedAtOnce = async (db: DiskDatabase, row: WaitingRow): Promise<number> => {
  const { tx, store } = writing(db, 'outbox');
  const done = committed(tx);
  const order = answer(store.add(row));
  tx.commit();
  const [key] = await Promise.all([order, done]);
  return key as number;
};

/** The same message is not stored twice. An earlier attempt may have reached the disk although nobody was told. */
const replaced = async (db: DiskDatabase, row: WaitingRow): Promise<number> => {
  const { tx, store } = writing(db, 'outbox');
  const done = committed(tx);
  const key = await answer(store.index('id').getKey(row.id));
  const order = await answer(store.put(key === undefined ? row : { ...row, order: key }));
  await done;
  return order as number;
};

const outboxIn = (run: Run, clock: Clock): OutboxStore => ({
  all: () =>
    run(async (db) =>
      (await allOf(db, 'outbox')).map((row) => waitingFrom(row, clock.now())).filter(present),
    ),
  add: (waiting) =>
    run(async (db) => {
      const row = waitingRow(waiting);
      const order = await addedAtOnce(db, row).catch((error: unknown) => {
        if (!isNamed(error, 'ConstraintError')) throw error;
        return replaced(db, row);
      });
      return { ...waiting, order };
    }),
  put: (waiting) =>
    run(async (db) => {
      const { tx, store } = writing(db, 'outbox');
      store.put(waitingRow(waiting));
      await committed(tx);
    }),
  requeue: (id) =>
    run(async (db) => {
      const { tx, store } = writing(db, 'outbox');
      const done = committed(tx);
      const key = await keyIn(store, id);
      const held = key === undefined ? null : waitingFrom(await answer(store.get(key)), clock.now());
      if (key === undefined || held === null) return null;
      const { order: _order, ...rest } = retried(held);
      // A damaged row becomes a complete one.
      const last = { ...rest, id: keyOfDamaged(id) === null ? id : newId() };
      store.delete(key);
      const order = await answer(store.add(waitingRow(last)));
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
  if (isEmptyDraft(draft)) store.delete(draft.chatId);
  else store.put(draft);
};

const draftsIn = (run: Run): DraftStore => ({
  all: () => run(async (db) => (await allOf(db, 'drafts')).map(draftFrom).filter(present)),
  put: (draft) =>
    run(async (db) => {
      const { tx, store } = writing(db, 'drafts');
      putDraft(store, draft);
      // Commit explicitly: the window may be closing, and what is not committed by then is undone.
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

const load = async (db: DiskDatabase): Promise<Saved | null> => {
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

/** Removes all rows of the cache. */
const clear = async (db: DiskDatabase): Promise<void> => {
  const tx = db.transaction(CACHE, 'readwrite');
  for (const name of CACHE) tx.objectStore(name).clear();
  await committed(tx);
};

/** Runs all steps, even after one fails. Then rejects with an error of one of them; a full disk is reported only if
 *  there was no other error. */
const inTurn = async (steps: readonly (() => Promise<void>)[]): Promise<void> => {
  const faults: unknown[] = [];
  for (const step of steps) await step().catch((error: unknown) => faults.push(error));
  if (faults.length > 0) throw faults.find((error) => !isWantOfRoom(error)) ?? faults[0];
};

/** A browser discards data when its disk fills up, unless it was asked not to. Firefox would show the user an
 *  unexpected question, so this asks only where the browser decides by itself. */
const askToPersist = async (): Promise<void> => {
  if ('userAgentData' in navigator) await (navigator as Navigator).storage.persist();
};

export interface DiskOwner {
  readonly userId: string;
  readonly clock: Clock;
  readonly storage: SiteStorage;
  /** Whether the user is still logged in here. */
  readonly isWanted: () => boolean;
}

/** The files of messages are in a database of their own, which builds from before them leave alone. */
const filesName = (userId: string): string => `parley-files:${userId}`;

/** Picked files, whose part is loaded with the first of them. */
const lateFiles = (name: string, clock: Clock, isOpen: () => boolean): FileStore => {
  const files = async (): Promise<FileStore> =>
    (await import('./files-idb.ts')).filesIn({ name, clock, isOpen });
  return {
    all: async () => (await files()).all(),
    put: async (file) => (await files()).put(file),
    edit: async (key, change) => (await files()).edit(key, change),
    remove: async (keys) => (await files()).remove(keys),
  };
};

/** The picked files of a user. `destroy` never rejects: what it leaves is removed at a later start. */
const filesOf = ({ userId, clock, storage, isWanted }: DiskOwner) => {
  const name = filesName(userId);
  let isOpen = true;
  cancelDeletion(name, storage);
  return {
    store: lateFiles(name, clock, () => isOpen && isWanted()),
    close: () => {
      isOpen = false;
    },
    destroy: () => deleteDatabase(name, storage).catch(() => undefined),
  };
};

const cacheIn = (
  { run, condition }: DiskConnection,
  cache: ReturnType<typeof cacheWriter>,
): Pick<Disk, 'load' | 'save'> => ({
  load: () => run(load).catch(() => null),
  async save(model) {
    cache.note(keepable(model));
    // While the disk is full, the connection retries to write everything from time to time. A cheap read gives it
    // the occasion.
    if (condition.get() !== 'full') await run(cache.write);
    else await run((db) => answer(db.transaction('place').objectStore('place').count()));
  },
});

/** Opens a user's storage on this device. If the browser refuses or does not answer, data stays in memory until it
 *  does. Never rejects. */
export const openDisk = async ({ userId, clock, storage, isWanted }: DiskOwner): Promise<Disk> => {
  let onBack = (): void => undefined;
  const cache = cacheWriter();
  const connection: DiskConnection = new DiskConnection({
    name: `parley:${userId}`,
    clock,
    storage,
    isWanted,
    async writeBack(db, dropped) {
      const direct: Run = (work) => work(db);
      await inTurn([
        () => outbox.writeBack(outboxIn(direct, clock), dropped),
        () => drafts.writeBack(draftsIn(direct), dropped),
        () => cache.writeBack(db),
      ]);
    },
    async read(db) {
      const direct: Run = (work) => work(db);
      await Promise.allSettled([outbox.read(outboxIn(direct, clock)), drafts.read(draftsIn(direct))]);
    },
    onBack: () => {
      onBack();
    },
  });
  const { run, condition } = connection;
  const outbox = new OutboxOverflow(outboxIn(run, clock));
  const drafts = new DraftsOverflow(draftsIn(run));
  const files = filesOf({ userId, clock, storage, isWanted });
  const close = (): void => {
    files.close();
    connection.close();
  };
  await connection.open();
  void askToPersist().catch(() => undefined);
  return {
    condition,
    outbox,
    drafts,
    files: files.store,
    whenBack(call) {
      onBack = call;
    },
    ...cacheIn(connection, cache),
    clearCache: () => run(clear).finally(close),
    close,
    async destroy() {
      close();
      await Promise.all([connection.destroy(), files.destroy()]);
    },
  };
};
