/** IndexedDB by promises: its requests, its transactions, and opening. Smaller than a library by a kilobyte and a half of the
 *  first load. */

export const answer = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => {
      resolve(request.result);
    });
    request.addEventListener('error', () => {
      reject(request.error ?? new DOMException('the request failed', 'UnknownError'));
    });
  });

/** Resolves when everything that was asked of it is on the disk, rejects when nothing of it is. Whoever waits for one of its
 *  requests alone need not look at it. */
export const committed = (tx: IDBTransaction): Promise<void> => {
  const done = new Promise<void>((resolve, reject) => {
    // What a request failed with says more than the abort that follows it.
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
  /** Another window deletes the database (null) or upgrades it, and waits until this one has closed it. */
  readonly blocking: (wanted: number | null) => void;
  /** The browser closed it. */
  readonly terminated: () => void;
}

/** Without a version: as it is. */
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
