/** IndexedDB with promises: requests, transactions, and opening. It makes the first load 1.5 kB smaller than a
 *  library would. */

export const answer = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => {
      resolve(request.result);
    });
    request.addEventListener('error', () => {
      reject(request.error ?? new DOMException('the request failed', 'UnknownError'));
    });
  });

/** Resolves when everything in the transaction is on disk, and rejects when nothing is. A caller that waits only for
 *  one of the requests may ignore it. */
export const committed = (tx: IDBTransaction): Promise<void> => {
  const done = new Promise<void>((resolve, reject) => {
    // The error of a request says more than the abort that follows it.
    const fail = ({ target }: Event): void => {
      const { error } = target as IDBRequest | IDBTransaction;
      reject(error ?? new DOMException('the transaction was aborted', 'AbortError'));
    };
    tx.addEventListener('complete', () => {
      resolve();
    });
    tx.addEventListener('abort', fail);
    tx.addEventListener('error', fail);
  });
  done.catch(() => undefined);
  return done;
};

export interface OpenHooks {
  readonly upgrade: (db: IDBDatabase, before: number) => void;
  /** Another window wants to delete (null) or upgrade the database, and waits until this one has closed it. */
  readonly blocking: (wanted: number | null) => void;
  /** The browser closed the database. */
  readonly terminated: () => void;
}

/** Without a version, opens the database as it is. */
export const openDatabase = async (
  name: string,
  version?: number,
  hooks?: OpenHooks,
): Promise<IDBDatabase> => {
  const request = indexedDB.open(name, version);
  request.addEventListener('upgradeneeded', ({ oldVersion }) => {
    hooks?.upgrade(request.result, oldVersion);
  });
  const db = await answer(request);
  if (hooks !== undefined) {
    db.addEventListener('versionchange', ({ newVersion }) => {
      db.close();
      hooks.blocking(newVersion);
    });
    db.addEventListener('close', hooks.terminated);
  }
  return db;
};

export const deleteDatabase = async (name: string): Promise<void> => {
  await answer(indexedDB.deleteDatabase(name));
};

export const allOf = (db: IDBDatabase, store: string): Promise<unknown[]> =>
  answer<unknown[]>(db.transaction(store).objectStore(store).getAll());
