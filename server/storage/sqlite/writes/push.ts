import { toBlob } from '../uuid.ts';
import type { MakeWrite } from './context.ts';

export const subscribePush: MakeWrite<'subscribePush'> = ({ db, users }) => {
  const findSession = db
    .read<[Buffer, number], number>('SELECT row FROM user_sessions WHERE id = ? AND user = ?')
    .pluck();
  const removeEndpoint = db.write<[string]>('DELETE FROM push_subscriptions WHERE endpoint = ?');
  const set = db.write<[number, number, string, string, string, number]>(
    `INSERT INTO push_subscriptions (session, user, endpoint, p256dh, auth, show_text) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (session) DO UPDATE SET endpoint = excluded.endpoint, p256dh = excluded.p256dh,
       auth = excluded.auth, show_text = excluded.show_text`,
  );
  return (tx, { userId, sessionId, subscription: { endpoint, p256dh, auth, showText } }) => {
    const user = users.findLiving(tx, userId);
    const session = user === null ? undefined : tx.get(findSession, toBlob(sessionId), user.row);
    if (user === null || session === undefined) return { kind: 'not-found' };
    tx.run(removeEndpoint, endpoint);
    tx.run(set, session, user.row, endpoint, p256dh, auth, showText ? 1 : 0);
    return { kind: 'subscribed' };
  };
};

export const unsubscribePush: MakeWrite<'unsubscribePush'> = ({ db }) => {
  const session = 'session = (SELECT row FROM user_sessions WHERE id = ?)';
  const remove = db.write<[Buffer]>(`DELETE FROM push_subscriptions WHERE ${session}`);
  const removeThis = db.write<[Buffer, string]>(
    `DELETE FROM push_subscriptions WHERE ${session} AND endpoint = ?`,
  );
  return (tx, { sessionId, endpoint }) => {
    if (endpoint === undefined) tx.run(remove, toBlob(sessionId));
    else tx.run(removeThis, toBlob(sessionId), endpoint);
    return { kind: 'unsubscribed' };
  };
};
