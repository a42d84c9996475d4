import { perLanguage } from './locale.ts';

const english = {
  storage: {
    memory: 'Parley cannot store anything on this device at the moment.',
    full: 'This device has no space left for Parley. Free up some space.',
    foreign: 'Another version of Parley uses the storage of this device. Reload to get the newest version.',
    lost: 'Drafts and unsent messages are lost when you close this window.',
    session:
      'This browser does not keep your login. To stay logged in, allow site data for this address in its settings.',
    reload: 'Reload',
  },
};
export type StorageTable = typeof english;

/** Texts about a device that does not store what is written. Loaded on demand. */
export const storageStrings = perLanguage('storage', english);
