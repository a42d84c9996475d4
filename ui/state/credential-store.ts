import type { CredentialStore, Credentials } from '../net/credentials.ts';
import type { SessionKeeper } from '../shell/session-keeper.ts';

const isUuid = (value: unknown): boolean =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
const isName = (value: unknown): boolean => typeof value === 'string' && value !== '';
/** As it can stand in a header and in the name of a subprotocol. */
const isToken = (value: unknown): boolean => typeof value === 'string' && /^[\w.-]{1,4096}$/.test(value);

const CHECKS: { readonly [K in keyof Credentials]: (value: unknown) => boolean } = {
  userId: isUuid,
  username: isName,
  accessToken: isToken,
  refreshToken: isToken,
  expiresAt: Number.isFinite,
};

/** Null when it is not whole: cut short, of another build, or changed by somebody. */
const parseCredentials = (text: string): Credentials | null => {
  try {
    const stored = JSON.parse(text) as Partial<Record<keyof Credentials, unknown>> | null;
    const isWhole = Object.entries(CHECKS).every(([name, check]) =>
      check(stored?.[name as keyof Credentials]),
    );
    return isWhole ? (stored as Credentials) : null;
  } catch {
    return null;
  }
};

/** The credentials as the shell keeps them. What is damaged is removed, and counts as nothing: the person logs in again. */
export const keptCredentials = (keeper: SessionKeeper): CredentialStore => ({
  read() {
    const text = keeper.read();
    if (text === null) return null;
    const credentials = parseCredentials(text);
    if (credentials === null) keeper.write(null);
    return credentials;
  },
  write(credentials) {
    keeper.write(credentials === null ? null : JSON.stringify(credentials));
  },
});

/** The store as one person may use it: what another person who logged in since has put there is neither read nor replaced. So no
 *  request of this person's account is ever sent with the other's token. */
export const credentialsOf = (store: CredentialStore, userId: string): CredentialStore => {
  const read = (): Credentials | null => {
    const held = store.read();
    return held?.userId === userId ? held : null;
  };
  return {
    read,
    write(credentials) {
      if (read() !== null) store.write(credentials);
    },
  };
};
