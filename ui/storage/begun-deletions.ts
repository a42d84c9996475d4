import type { SiteStorage } from '../platform/site-storage.ts';
import { deleteDatabase as deleteNow } from './indexed-db.ts';

const KEY = 'parley.deleting';

const read = (storage: SiteStorage): readonly string[] =>
  (storage.getItem(KEY) ?? '').split(' ').filter(Boolean);
const write = (storage: SiteStorage, names: readonly string[]): void => {
  if (names.length === 0) storage.removeItem(KEY);
  else storage.setItem(KEY, names.join(' '));
};

/** The user is logged in again. What they write now must not be deleted. */
export const cancelDeletion = (name: string, storage: SiteStorage): void => {
  const names = read(storage);
  if (names.includes(name))
    write(
      storage,
      names.filter((each) => each !== name),
    );
};

/** The deletion stays noted until it is done, because the browser may not finish it before the window is closed. */
export const deleteDatabase = async (name: string, storage: SiteStorage): Promise<void> => {
  write(storage, [...new Set([...read(storage), name])]);
  await deleteNow(name);
  cancelDeletion(name, storage);
};

/** Finishes the deletions that an earlier start did not see completed. To be called at a start. */
export const finishDeletions = async (storage: SiteStorage): Promise<void> => {
  await Promise.allSettled(read(storage).map((name) => deleteDatabase(name, storage)));
};
