import type { SiteStorage } from '../shell/site-storage.ts';
import { deleteDatabase as deleteNow } from './indexed-db.ts';

const KEY = 'parley.deleting';

const read = (storage: SiteStorage): readonly string[] =>
  (storage.getItem(KEY) ?? '').split(' ').filter(Boolean);
const write = (storage: SiteStorage, names: readonly string[]): void => {
  if (names.length === 0) storage.removeItem(KEY);
  else storage.setItem(KEY, names.join(' '));
};

/** Somebody is logged in again: what they write there now is not to be deleted. */
export const cancelDeletion = (name: string, storage: SiteStorage): void => {
  const names = read(storage);
  if (names.includes(name))
    write(
      storage,
      names.filter((each) => each !== name),
    );
};

/** Noted until it is done: a browser that does not answer may not do it before the window is closed. */
export const deleteDatabase = async (name: string, storage: SiteStorage): Promise<void> => {
  write(storage, [...new Set([...read(storage), name])]);
  await deleteNow(name);
  cancelDeletion(name, storage);
};

/** At a start: what an earlier one did not see done. */
export const finishDeletions = async (storage: SiteStorage): Promise<void> => {
  await Promise.allSettled(read(storage).map((name) => deleteDatabase(name, storage)));
};
