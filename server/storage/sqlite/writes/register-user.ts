import { SIGNUP_WINDOW_MS } from '../../limits.ts';
import { toBlob } from '../uuid.ts';
import type { MakeWrite } from './context.ts';
import { sessionInserter } from './sessions.ts';

/** Creates a user with a first session. Checks in this order: registrations of the hour, invitation, name. Only a success counts
 *  as a registration and uses up the invitation [A2] [A3]. */
export const registerUser: MakeWrite<'registerUser'> = (context) => {
  const { db } = context;
  const signups = db
    .read<[string], [number, number]>('SELECT count, first_at FROM signups WHERE key = ?')
    .raw();
  const countSignup = db.write<[string, number, number]>('INSERT OR REPLACE INTO signups VALUES (?, ?, ?)');
  const invite = db
    .read<[Uint8Array, number], number>(
      `SELECT 1 FROM invites WHERE hash = ? AND uses_left > 0 AND revoked_at IS NULL
         AND coalesce(expires_at > ?, 1)`,
    )
    .pluck();
  const useInvite = db.write<[number, Uint8Array]>(
    'UPDATE invites SET uses_left = uses_left - 1, uses = uses + 1, used_at = ? WHERE hash = ?',
  );
  const taken = db
    .read<{ name: string }, number>(
      `SELECT 1 FROM users WHERE username = :name UNION ALL SELECT 1 FROM reserved_names WHERE name = :name`,
    )
    .pluck();
  const insert = db.write<[Buffer, string, number]>(
    'INSERT INTO users (id, username, created_at) VALUES (?, ?, ?)',
  );
  const insertHead = db.write<[number]>('INSERT INTO heads (user) VALUES (?)');
  const insertHash = db.write<[number, string]>('INSERT INTO credentials VALUES (?, ?)');
  const addSession = sessionInserter(db);

  return (tx, { id, username, passwordHash, session, inviteHash, signups: limit }, now) => {
    const counted = limit === null ? undefined : tx.get(signups, limit.key);
    const passed = counted === undefined || now >= counted[1] + SIGNUP_WINDOW_MS;
    // Not in the future: the clock was set back meanwhile.
    const [count, firstAt] = passed ? [0, now] : [counted[0], Math.min(now, counted[1])];
    if (limit !== null && limit.perHour > 0 && count >= limit.perHour) {
      return {
        kind: 'too-many',
        retryAfterS: Math.max(1, Math.ceil((firstAt + SIGNUP_WINDOW_MS - now) / 1000)),
      };
    }
    if (inviteHash !== null && tx.get(invite, inviteHash, now) === undefined)
      return { kind: 'invite-invalid' };
    const name = username.toLowerCase();
    if (tx.get(taken, { name }) !== undefined) return { kind: 'taken' };
    const user = Number(tx.run(insert, toBlob(id), name, now).lastInsertRowid);
    tx.run(insertHead, user);
    tx.run(insertHash, user, passwordHash);
    addSession(tx, user, session, now);
    if (inviteHash !== null) tx.run(useInvite, now, inviteHash);
    if (limit !== null && limit.perHour > 0) tx.run(countSignup, limit.key, count + 1, firstAt);
    return { kind: 'registered', createdAt: now };
  };
};
