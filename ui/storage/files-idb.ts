import type { FileStore, PickedFile, PreparedFile } from '../attachments/file-store.ts';
import type { Clock } from '../net/clock.ts';
import { answer, committed, openDatabase } from './indexed-db.ts';

export interface FilesOwner {
  /** The name of the database. */
  readonly name: string;
  readonly clock: Clock;
  /** Whether the user is still logged in here. If not, what a logout deleted must not be written again. */
  readonly isOpen: () => boolean;
}

const VERSION = 1;
/** What is known of each file, and the bytes, which are not written again when something else of the file changes. */
const FILES = 'files';
const BYTES = 'bytes';
const STORES = [FILES, BYTES] as const;
/** A disk that does not answer for so long has none. A file of many megabytes takes its time. */
const PATIENCE_MS = 30_000;

type BytesOf = (key: string) => unknown;

const pickedKey = (key: string): string => `${key} picked`;
const preparedKey = (key: string): string => `${key} prepared`;

const isText = (value: unknown): value is string => typeof value === 'string';

const contentFrom = (held: unknown, bytes: unknown): PreparedFile | null => {
  const { name, type } = (held ?? {}) as Partial<PreparedFile>;
  return bytes instanceof Blob && isText(name) && isText(type) ? { bytes, name, type } : null;
};

/** Returns a file whose bytes and place are there. If anything else is wrong with it, it is prepared and uploaded anew. Null if not; what is
 *  stored then stays as it is. */
export const fileFrom = (row: unknown, bytesOf: BytesOf): PickedFile | null => {
  const held = (row ?? {}) as Partial<PickedFile>;
  const { key, conversationId, upload = null, messageId = null } = held;
  if (!isText(key) || !isText(conversationId)) return null;
  const picked = contentFrom(held.picked, bytesOf(pickedKey(key)));
  if (picked === null) return null;
  const prepared = contentFrom(held.prepared, bytesOf(preparedKey(key)));
  const isWhole = held.isPrepared === true && (prepared !== null || held.prepared === null);
  const isUploaded =
    isWhole && upload !== null && isText(upload.id) && isText(upload.sha256) && Number.isFinite(upload.at);
  return {
    key,
    order: typeof held.order === 'number' ? held.order : 0,
    conversationId,
    messageId: isText(messageId) ? messageId : null,
    picked,
    prepared: isWhole ? prepared : null,
    isPrepared: isWhole,
    uploadKey: isWhole && isText(held.uploadKey) ? held.uploadKey : null,
    original: typeof held.original === 'boolean' ? held.original : null,
    upload: isUploaded ? upload : null,
    isRenewed: held.isRenewed === true,
  };
};

const nameAndType = ({ name, type }: PreparedFile): Omit<PreparedFile, 'bytes'> => ({ name, type });

/** What is stored of a file beside its bytes. */
const rowOf = (file: PickedFile): object => ({
  ...file,
  picked: nameAndType(file.picked),
  prepared: file.prepared && nameAndType(file.prepared),
});

const open = (name: string): Promise<IDBDatabase> =>
  openDatabase(name, VERSION, {
    upgrade: (db) => {
      db.createObjectStore(FILES, { keyPath: 'key' });
      db.createObjectStore(BYTES);
    },
    blocking: () => undefined,
    terminated: () => undefined,
  });

const within = <T>(clock: Clock, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = clock.after(PATIENCE_MS, () => {
      reject(new DOMException('the disk does not answer', 'TimeoutError'));
    });
    work.then(resolve, reject).finally(() => {
      timer.cancel();
    });
  });

const allFiles = async (db: IDBDatabase): Promise<readonly PickedFile[]> => {
  const tx = db.transaction(STORES, 'readonly');
  const [rows, keys, blobs] = await Promise.all([
    answer<unknown[]>(tx.objectStore(FILES).getAll()),
    answer(tx.objectStore(BYTES).getAllKeys()),
    answer<unknown[]>(tx.objectStore(BYTES).getAll()),
  ]);
  const bytes = new Map(keys.map((key, at) => [key, blobs[at]]));
  return rows.flatMap((row) => fileFrom(row, (name) => bytes.get(name)) ?? []);
};

/** Picked files in a database of the browser. It is opened for each use and closed again, so that it never stands in the way of another
 *  tab's logout, and whatever happened to it before does not matter. */
export const filesIn = ({ name, clock, isOpen }: FilesOwner): FileStore => {
  const run = async <T>(work: (db: IDBDatabase) => Promise<T>): Promise<T> => {
    if (!isOpen()) throw new DOMException('nobody is logged in', 'InvalidStateError');
    const opening = open(name);
    try {
      return await within(clock, opening.then(work));
    } finally {
      void opening.then(
        (db) => {
          db.close();
        },
        () => undefined,
      );
    }
  };
  const writing = <T>(work: (files: IDBObjectStore, bytes: IDBObjectStore) => Promise<T>): Promise<T> =>
    run(async (db) => {
      const tx = db.transaction(STORES, 'readwrite');
      const done = committed(tx);
      const result = await work(tx.objectStore(FILES), tx.objectStore(BYTES));
      await done;
      return result;
    });
  return {
    all: () => run(allFiles),
    put: (file) =>
      writing(async (files, bytes) => {
        bytes.put(file.picked.bytes, pickedKey(file.key));
        if (file.prepared !== null) bytes.put(file.prepared.bytes, preparedKey(file.key));
        await answer(files.put(rowOf(file)));
      }),
    edit: (key, change) =>
      writing(async (files, bytes) => {
        const [row, picked, prepared] = await Promise.all([
          answer<unknown>(files.get(key)),
          answer<unknown>(bytes.get(pickedKey(key))),
          answer<unknown>(bytes.get(preparedKey(key))),
        ]);
        const held = fileFrom(row, (name) => (name === pickedKey(key) ? picked : prepared));
        if (held === null) return null;
        const next = change(held);
        if (next.prepared === null) bytes.delete(preparedKey(key));
        else if (next.prepared !== held.prepared) bytes.put(next.prepared.bytes, preparedKey(key));
        if (next !== held) await answer(files.put(rowOf(next)));
        return next;
      }),
    remove: (keys) =>
      writing(async (files, bytes) => {
        const names = keys.flatMap((key) => [pickedKey(key), preparedKey(key)]);
        await Promise.all([
          ...keys.map((key) => answer(files.delete(key))),
          ...names.map((name) => answer(bytes.delete(name))),
        ]);
      }),
  };
};
