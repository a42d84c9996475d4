export interface SiteStorage extends Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  /** Whether the last value written under this key will be there at the next start. */
  keeps(key: string): boolean;
}

/** `localStorage`, with memory as a replacement. Where site data is blocked, even accessing it throws, and a full
 *  storage accepts nothing. The client then works until the window is closed. */
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
