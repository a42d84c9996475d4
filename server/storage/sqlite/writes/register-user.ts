import { SIGNUP_WINDOW_MS } from '../../limits.ts';
import type { Role } from '../../writes.ts';
import { toBlob } from '../uuid.ts';
import type { MakeWrite } from './context.ts';
import { inviteCodes } from './invite-codes.ts';
import { sessionInserter } from './sessions.ts';

/** Creates a user with a first session. Checks in this order: registrations of the hour, invitation, name. Only a success counts
 *  as a registration and uses up the invitation or the link [A2] [A3]. */
export const registerUser: MakeWrite<'registerUser'> = (context) => {
  const { db } = context;
  const signups = db
    .read<[string], [number, number]>('SELECT count, first_at FROM signups WHERE key = ?')
    .raw();
  const countSignup = db.write<[string, number, number]>('INSERT OR REPLACE INTO signups VALUES (?, ?, ?)');
  const taken = db
    .read<{ name: string }, number>(
      `SELECT 1 FROM users WHERE username = :name UNION ALL SELECT 1 FROM reserved_names WHERE name = :name`,
    )
    .pluck();
  const insert = db.write<[Buffer, string, number, Role]>(
    'INSERT INTO users (id, username, created_at, role) VALUES (?, ?, ?, ?)',
  );
  const insertHead = db.write<[number]>('INSERT INTO heads (user) VALUES (?)');
  const insertHash = db.write<[number, string]>('INSERT INTO credentials VALUES (?, ?)');
  const addSession = sessionInserter(db);
  const codes = inviteCodes(db);

  return (tx, { id, username, passwordHash, session, inviteHash, inviteRule, signups: limit }, now) => {
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
    const invited = inviteHash === null ? null : codes.find(tx, inviteHash, inviteRule ?? 'required', now);
    if (invited?.kind === 'invalid') return { kind: 'invite-invalid' };
    const name = username.toLowerCase();
    if (tx.get(taken, { name }) !== undefined) return { kind: 'taken' };
    const role = invited?.kind === 'first-admin' ? 'admin' : 'user';
    const user = Number(tx.run(insert, toBlob(id), name, now, role).lastInsertRowid);
    tx.run(insertHead, user);
    tx.run(insertHash, user, passwordHash);
    addSession(tx, user, session, now);
    if (invited !== null) codes.use(tx, invited, user, now);
    if (limit !== null && limit.perHour > 0) tx.run(countSignup, limit.key, count + 1, firstAt);
    return { kind: 'registered', createdAt: now, role };
  };
};
