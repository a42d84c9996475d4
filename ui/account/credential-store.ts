import type { CredentialStore, Credentials } from '../net/credentials.ts';
import type { SessionKeeper } from '../platform/session-keeper.ts';

const isUuid = (value: unknown): boolean =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
const isName = (value: unknown): boolean => typeof value === 'string' && value !== '';
/** Tokens go into a header and into the name of a subprotocol, so only certain characters are allowed. */
const isToken = (value: unknown): boolean => typeof value === 'string' && /^[\w.-]{1,4096}$/.test(value);

const CHECKS: { readonly [K in keyof Credentials]: (value: unknown) => boolean } = {
  userId: isUuid,
  username: isName,
  accessToken: isToken,
  refreshToken: isToken,
  expiresAt: Number.isFinite,
};

/** Returns null if the stored text is incomplete: it was cut short, or another build or somebody else wrote it. */
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

/** Stores the credentials as text in the shell's session keeper. Damaged credentials are removed and count as none,
 *  so the user logs in again. */
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

/** Restricts a store to one user. If another user has logged in since, their credentials are neither read nor
 *  replaced, so no request of this user's account is ever sent with the other user's token. */
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
