import type { PersonPage } from './person-page.ts';

/** What the browser of this person keeps in one store of the client's place on the device. For a browser in which one person
 *  has logged in. */
export const keptRows = async <T>({ page }: PersonPage, store: string): Promise<readonly T[]> =>
  (await page.evaluate(async (store) => {
    const found = (await indexedDB.databases()).find(({ name }) => name?.startsWith('parley:'));
    const answered = <A>(request: IDBRequest<A>): Promise<A> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => {
          resolve(request.result);
        };
        request.onerror = () => {
          reject(new Error('the device did not answer'));
        };
      });
    if (found?.name === undefined) return [];
    const opening = indexedDB.open(found.name);
    // It was deleted since: looking at it must not make an empty one.
    opening.onupgradeneeded = () => opening.transaction?.abort();
    const db = await answered(opening);
    const rows = await answered<unknown[]>(db.transaction(store).objectStore(store).getAll());
    db.close();
    return rows;
  }, store)) as T[];
