import { toBlob } from '../uuid.ts';
import type { MakeWrite } from './context.ts';
import { sessionInserter } from './sessions.ts';

const HOUR_MS = 3_600_000;

/** A new person with a first session. Checked in this order: registrations of the hour, invite, name; only a success counts as a
 *  registration and uses up the invite. */
export const registerUser: MakeWrite<'registerUser'> = (context) => {
  const { db } = context;
  const signups = db
    .prepare<[string], [number, number]>('SELECT count, first_at FROM signups WHERE key = ?')
    .raw();
  const countSignup = db.prepare<[string, number, number]>('INSERT OR REPLACE INTO signups VALUES (?, ?, ?)');
  const invite = db
    .prepare<[Uint8Array], number>('SELECT 1 FROM invites WHERE hash = ? AND used_at IS NULL')
    .pluck();
  const useInvite = db.prepare<[number, Uint8Array]>('UPDATE invites SET used_at = ? WHERE hash = ?');
  const taken = db
    .prepare<{ name: string }, number>(
      `SELECT 1 FROM users WHERE username = :name UNION ALL SELECT 1 FROM reserved_names WHERE name = :name`,
    )
    .pluck();
  const insert = db.prepare<[Buffer, string, number]>(
    'INSERT INTO users (id, username, created_at) VALUES (?, ?, ?)',
  );
  const insertHead = db.prepare<[number]>('INSERT INTO heads (user) VALUES (?)');
  const insertHash = db.prepare<[number, string]>('INSERT INTO credentials VALUES (?, ?)');
  const addSession = sessionInserter(db);

  return ({ id, username, passwordHash, session, inviteHash, signups: limit }, now) => {
    const counted = limit === null ? undefined : signups.get(limit.key);
    const passed = counted === undefined || now >= counted[1] + HOUR_MS;
    // Not in the future: the clock was set back meanwhile.
    const [count, firstAt] = passed ? [0, now] : [counted[0], Math.min(now, counted[1])];
    if (limit !== null && limit.perHour > 0 && count >= limit.perHour) {
      return { kind: 'too-many', retryAfterS: Math.max(1, Math.ceil((firstAt + HOUR_MS - now) / 1000)) };
    }
    if (inviteHash !== null && invite.get(inviteHash) === undefined) return { kind: 'invite-invalid' };
    const name = username.toLowerCase();
    if (taken.get({ name }) !== undefined) return { kind: 'taken' };
    const user = Number(insert.run(toBlob(id), name, now).lastInsertRowid);
    insertHead.run(user);
    insertHash.run(user, passwordHash);
    addSession(user, session, now);
    if (inviteHash !== null) useInvite.run(now, inviteHash);
    if (limit !== null && limit.perHour > 0) countSignup.run(limit.key, count + 1, firstAt);
    return { kind: 'registered', createdAt: now };
  };
};
