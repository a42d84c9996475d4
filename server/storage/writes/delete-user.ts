import { fromBlob } from '../uuid.ts';
import { KIND } from '../records/log.ts';
import { tellLogged } from './context.ts';
import type { MakeWrite } from './context.ts';

/** Anonymises one person in one transaction (SPEC §3, P7). The name moves to `reserved_names` and to the person's messages; the row
 *  stays, so that the other person's history keeps its places. What the freed pages still hold is erased by
 *  housekeeping, which `erasures` calls for. */
export const deleteUser: MakeWrite<'deleteUser'> = (context) => {
  const { db, people, log } = context;
  const reserve = db.prepare<[string]>('INSERT INTO reserved_names VALUES (?)');
  const anonymise = db.prepare<[number, number]>(
    'UPDATE users SET username = NULL, deleted_at = ?, is_anonymized = 1 WHERE row = ?',
  );
  const anonymiseMessages = db.prepare<{ user: number; name: string }>(
    `WITH RECURSIVE logged (row, sender, previous) AS (
       SELECT m.row, m.sender, CASE WHEN m.sender = :user THEN m.sender_previous ELSE m.recipient_previous END
       FROM heads h JOIN messages m ON m.row = h.message WHERE h.user = :user
       UNION ALL
       SELECT m.row, m.sender, CASE WHEN m.sender = :user THEN m.sender_previous ELSE m.recipient_previous END
       FROM logged l JOIN messages m ON m.row = l.previous
     )
     UPDATE messages SET is_anonymized = 1, deleted_user_name = :name
     WHERE row IN (SELECT row FROM logged WHERE sender = :user)`,
  );
  const sessions = db.prepare<[number], Buffer>('SELECT id FROM user_sessions WHERE user = ?').pluck();
  const partners = db
    .prepare<[number], Buffer>(
      'SELECT u.id FROM members m JOIN users u ON u.row = m.peer WHERE m.user = ? AND u.is_anonymized = 0',
    )
    .pluck();
  // Of failed logins the sums of the addresses stay: what was tried from there was tried.
  const tables = ['credentials', 'user_sessions', 'user_presence', 'events', 'login_failures_of_user'];
  const removals = tables.map((table) => db.prepare<[number]>(`DELETE FROM ${table} WHERE user = ?`));
  const callForErasure = db.prepare(`UPDATE meta SET value = value + 1 WHERE key = 'erasures'`);

  return ({ userId }, now) => {
    const person = people.findLiving(userId);
    if (person === null) return { kind: 'not-found' };
    context.flush();
    const endedSessionIds = sessions.all(person.row).map(fromBlob);
    reserve.run(person.name);
    anonymiseMessages.run({ user: person.row, name: person.name });
    for (const removal of removals) removal.run(person.row);
    anonymise.run(now, person.row);
    callForErasure.run();
    people.forget();
    const told = partners.all(person.row).map((blob) => {
      const partnerId = fromBlob(blob);
      const partner = people.find(partnerId);
      const cursor = partner === null ? 0 : log.addEvent(partner.row, KIND.userDeleted, now, person.row);
      return { partnerId, cursor };
    });
    for (const { partnerId, cursor } of told) tellLogged(context, partnerId, cursor);
    return { kind: 'deleted', endedSessionIds };
  };
};
