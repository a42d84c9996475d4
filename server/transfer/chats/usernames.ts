import { usernameFault } from '../../protocol/fields.ts';
import { USERNAME_MAX } from '../../protocol/limits.ts';

/** What a new account could be called, after one of the names that somebody has elsewhere. The last one is good at any rate. */
export const usernameAfter = (names: readonly string[]): string => {
  for (const name of names) {
    const username = latinOf(name);
    if (usernameFault(username) === null) return username;
  }
  return 'imported';
};

/** The letters of a username; empty if a name has others, of which nothing sensible would be left. */
const latinOf = (name: string): string => {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  if (/[^\p{ASCII}]/u.test(plain.replace(/[^\p{L}]/gu, ''))) return '';
  return plain
    .replace(/[^a-z0-9_-]+/g, '.')
    .replace(/^\.+|\.+$/g, '')
    .slice(0, USERNAME_MAX);
};

/** The first of `name`, `name-2`, `name-3` … that is free. */
export const freeName = (name: string, isTaken: (name: string) => boolean): string => {
  if (!isTaken(name)) return name;
  for (let n = 2; ; n += 1) {
    const ending = `-${String(n)}`;
    const next = `${name.slice(0, USERNAME_MAX - ending.length)}${ending}`;
    if (!isTaken(next)) return next;
  }
};
