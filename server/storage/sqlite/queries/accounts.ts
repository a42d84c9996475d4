import { fromBlob, toBlob } from '../uuid.ts';
import type { QueryDeps, SnapshotQueries } from './snapshot-queries.ts';

type AccountQueries = Pick<SnapshotQueries, 'credentials' | 'credentialsById' | 'signups' | 'passwordReset'>;

/** What logins and registrations are checked against. */
export const accountQueries = ({ db, clock }: QueryDeps): AccountQueries => {
  const byName = db
    .read<[string], [Buffer, string]>(
      'SELECT u.id, c.password_hash FROM users u JOIN credentials c ON c.user = u.row WHERE u.username = ?',
    )
    .raw();
  const byId = db
    .read<[Buffer], [string, string]>(
      'SELECT u.username, c.password_hash FROM users u JOIN credentials c ON c.user = u.row WHERE u.id = ?',
    )
    .raw();
  const signups = db
    .read<[string], [number, number]>('SELECT count, first_at FROM signups WHERE key = ?')
    .raw();
  const passwordReset = db
    .read<[Uint8Array, number], [Buffer, string]>(
      `SELECT u.id, u.username FROM password_resets p JOIN users u ON u.row = p.user
       WHERE p.hash = ? AND p.expires_at > ?`,
    )
    .raw();

  return {
    credentials(rx, username) {
      const found = rx.get(byName, username.toLowerCase());
      return found === undefined ? null : { userId: fromBlob(found[0]), passwordHash: found[1] };
    },
    credentialsById(rx, userId) {
      const found = rx.get(byId, toBlob(userId));
      return found === undefined ? null : { username: found[0], passwordHash: found[1] };
    },
    signups(rx, key) {
      const found = rx.get(signups, key);
      return found === undefined ? null : { count: found[0], firstAt: found[1] };
    },
    passwordReset(rx, codeHash) {
      const found = rx.get(passwordReset, codeHash, clock.now());
      return found === undefined ? null : { userId: fromBlob(found[0]), username: found[1] };
    },
  };
};
