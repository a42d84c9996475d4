export interface SiteStorage extends Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  /** Whether what was written last under this key is there at the next start. */
  keeps(key: string): boolean;
}

/** `localStorage`, and memory in its place: where site data is blocked even looking at it throws, and a full one takes nothing.
 *  The client then works for as long as the window is open. */
export const storageOver = (open: () => Storage): SiteStorage => {
  const unkept = new Map<string, string | null>();
  const tried = <T>(use: (storage: Storage) => T): T | null => {
    try {
      return use(open());
    } catch {
      return null;
    }
  };
  const write = (key: string, value: string | null, use: (storage: Storage) => true): void => {
    if (tried(use) === true) unkept.delete(key);
    else unkept.set(key, value);
  };
  return {
    keeps: (key) => !unkept.has(key),
    getItem: (key) => unkept.get(key) ?? (unkept.has(key) ? null : tried((storage) => storage.getItem(key))),
    setItem(key, value) {
      write(key, value, (storage) => {
        storage.setItem(key, value);
        return true;
      });
    },
    removeItem(key) {
      write(key, null, (storage) => {
        storage.removeItem(key);
        return true;
      });
    },
  };
};

export const siteStorage = storageOver(() => localStorage);
