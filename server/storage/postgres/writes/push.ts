import { statement } from '../sql.ts';
import { done, type AccountWrite } from './account-write.ts';
import { lockUser } from './locked-users.ts';

const SESSION = statement<[row: number]>(
  'find_session_to_subscribe',
  'SELECT row FROM user_sessions WHERE id = $1 AND user_row = $2 FOR KEY SHARE',
);
// Those of other users too, whose locks are not held: as with a single session, nothing is waited for after it.
const REMOVE_OTHERS = statement(
  'remove_other_subscriptions',
  'DELETE FROM push_subscriptions WHERE session = $1 OR endpoint = $2',
);
// Another user may have taken the endpoint in the same moment: whoever is last has it.
const INSERT = statement(
  'insert_subscription',
  `INSERT INTO push_subscriptions (session, user_row, endpoint, p256dh, auth, show_text)
   VALUES ($1, $2, $3, $4, $5, $6)
   ON CONFLICT (endpoint) DO UPDATE SET session = excluded.session, user_row = excluded.user_row,
     p256dh = excluded.p256dh, auth = excluded.auth, show_text = excluded.show_text`,
);
const REMOVE = statement(
  'remove_subscription',
  `DELETE FROM push_subscriptions p USING user_sessions s
   WHERE s.id = $1 AND p.session = s.row AND ($2::text IS NULL OR p.endpoint = $2)`,
);

export const subscribePush: AccountWrite<'subscribePush'> = async (
  sql,
  { userId, sessionId, subscription: { endpoint, p256dh, auth, showText } },
) => {
  const user = await lockUser(sql, userId);
  if (user === null) return done({ kind: 'not-found' });
  const [session] = await sql.query(SESSION, [sessionId, user.row]);
  if (session === undefined) return done({ kind: 'not-found' });
  const [row] = session;
  await Promise.all([
    sql.run(REMOVE_OTHERS, [row, endpoint]),
    sql.run(INSERT, [row, user.row, endpoint, p256dh, auth, showText]),
  ]);
  return done({ kind: 'subscribed' });
};

export const unsubscribePush: AccountWrite<'unsubscribePush'> = async (
  sql,
  { sessionId, endpoint = null },
) => {
  await sql.run(REMOVE, [sessionId, endpoint]);
  return done({ kind: 'unsubscribed' });
};
