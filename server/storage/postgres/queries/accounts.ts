import { statement } from '../sql.ts';
import type { Queries } from '../../reads.ts';
import { isStorable, type PostgresQueryDeps } from './query-deps.ts';

type AccountQueries = Pick<Queries, 'credentials' | 'credentialsById' | 'signups' | 'passwordReset'>;

const BY_NAME = statement<[id: string, hash: string]>(
  'credentials',
  'SELECT id, password_hash FROM users WHERE username = $1',
);
const BY_ID = statement<[name: string, hash: string]>(
  'credentials_by_id',
  'SELECT username, password_hash FROM users WHERE id = $1 AND username IS NOT NULL',
);
const SIGNUPS = statement<[count: number, firstAt: number]>(
  'signups',
  'SELECT count, first_at FROM signups WHERE key = $1',
);
const PASSWORD_RESET = statement<[id: string, name: string]>(
  'password_reset',
  `SELECT u.id, u.username FROM password_resets p JOIN users u ON u.row = p.user_row
   WHERE p.hash = $1 AND p.expires_at > $2`,
);

/** What logins and registrations are checked against. */
export const accountQueries = ({ database, clock }: PostgresQueryDeps): AccountQueries => ({
  async credentials(username) {
    if (!isStorable(username)) return null;
    const [found] = await database.query(BY_NAME, [username.toLowerCase()]);
    return found === undefined ? null : { userId: found[0], passwordHash: found[1] };
  },
  async credentialsById(userId) {
    const [found] = await database.query(BY_ID, [userId]);
    return found === undefined ? null : { username: found[0], passwordHash: found[1] };
  },
  async signups(key) {
    const [found] = await database.query(SIGNUPS, [key]);
    return found === undefined ? null : { count: found[0], firstAt: found[1] };
  },
  async passwordReset(codeHash) {
    const [found] = await database.query(PASSWORD_RESET, [codeHash, clock.now()]);
    return found === undefined ? null : { userId: found[0], username: found[1] };
  },
});
