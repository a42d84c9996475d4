import type { CredentialStore, Credentials } from '../net/credentials.ts';
import type { SessionKeeper } from '../shell/session-keeper.ts';

/** The credentials as the shell keeps them. What can't be read counts as nothing: the person logs in again. */
export const keptCredentials = (keeper: SessionKeeper): CredentialStore => ({
  read() {
    try {
      return JSON.parse(keeper.read() ?? 'null') as Credentials | null;
    } catch {
      return null;
    }
  },
  write(credentials) {
    keeper.write(credentials === null ? null : JSON.stringify(credentials));
  },
});
