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
    const db = await answered(indexedDB.open(found?.name ?? ''));
    const rows = await answered<unknown[]>(db.transaction(store).objectStore(store).getAll());
    db.close();
    return rows;
  }, store)) as T[];
