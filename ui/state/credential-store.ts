import type { CredentialStore, Credentials } from '../net/credentials.ts';

const KEY = 'parley.session';

/** In localStorage, so that a reload and a second window stay signed in. A script of this origin could read it;
 *  the content security policy admits no script but ours, nothing is ever rendered as HTML, and a stolen refresh
 *  token ends its session at its second use (SPEC §3). An HttpOnly cookie would need a route SPEC does not have. */
export const localCredentials = (storage: Storage): CredentialStore => ({
  read() {
    try {
      return JSON.parse(storage.getItem(KEY) ?? 'null') as Credentials | null;
    } catch {
      return null;
    }
  },
  write(credentials) {
    if (credentials === null) storage.removeItem(KEY);
    else storage.setItem(KEY, JSON.stringify(credentials));
  },
});

/** Whether a `storage` event tells of the credentials. */
export const isCredentialEvent = (event: StorageEvent): boolean => event.key === KEY || event.key === null;
