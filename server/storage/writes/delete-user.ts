import { fromBlob } from '../uuid.ts';
import type { MakeWrite } from './context.ts';
import { deletionSteps } from './deletion-steps.ts';

/** What the transaction of the decision does of what follows from it: enough for a person of a few words. */
const ROWS_AT_ONCE = 32;

/** Decides that one person is deleted (P7): the name moves to `reserved_names`; sessions, presence and password are gone, and
 *  everything that is shown from now on says so. The row stays, so that the other person's history keeps its places. What
 *  follows, the more the person said and the more people they knew, is carried out by `continueDeletions`. */
export const deleteUser: MakeWrite<'deleteUser'> = (context) => {
  const { db, people, log } = context;
  const reserve = db.prepare<[string]>('INSERT INTO reserved_names VALUES (?)');
  const anonymise = db.prepare<[number, number]>(
    'UPDATE users SET username = NULL, deleted_at = ?, is_anonymized = 1 WHERE row = ?',
  );
  const sessions = db.prepare<[number], Buffer>('SELECT id FROM user_sessions WHERE user = ?').pluck();
  // Of failed logins the sums of the addresses stay: what was tried from there was tried.
  const deletes = ['credentials', 'user_sessions', 'user_presence', 'login_failures_of_user'].map((table) =>
    db.prepare<[number]>(`DELETE FROM ${table} WHERE user = ?`),
  );
  const pend = db.prepare<[number, string, number]>(
    'INSERT INTO pending_deletions (user, name, message) VALUES (?, ?, ?)',
  );
  const carryOut = deletionSteps(context);

  return ({ userId }, now) => {
    const person = people.findLiving(userId);
    if (person === null) return { kind: 'not-found' };
    const endedSessionIds = sessions.all(person.row).map(fromBlob);
    reserve.run(person.name);
    for (const removal of deletes) removal.run(person.row);
    anonymise.run(now, person.row);
    pend.run(person.row, person.name, log.lastMessage(person.row));
    people.forget();
    return { kind: 'deleted', endedSessionIds, left: carryOut(ROWS_AT_ONCE, now) };
  };
};

export const continueDeletions: MakeWrite<'continueDeletions'> = (context) => {
  const carryOut = deletionSteps(context);
  return ({ rows }, now) => ({ left: carryOut(rows, now) });
};
