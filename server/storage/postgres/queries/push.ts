import { HOST_SILENT_MS } from '../../limits.ts';
import type { PushAudience } from '../../push-subscriptions.ts';
import type { Queries } from '../../reads.ts';
import { statement } from '../sql.ts';
import type { PostgresQueryDeps } from './query-deps.ts';

type SubscriptionTuple = readonly [endpoint: string, p256dh: string, auth: string, showText: boolean];

const COLUMNS = 'p.endpoint, p.p256dh, p.auth, p.show_text';

const OF_SESSION = statement<SubscriptionTuple>(
  'push_subscription',
  `SELECT ${COLUMNS} FROM user_sessions s JOIN push_subscriptions p ON p.session = s.row WHERE s.id = $1`,
);
// A host that is silent may not have been given up yet, and nobody is connected there any more.
const OF_USERS = statement<readonly [userId: string, sessionId: string, ...SubscriptionTuple]>(
  'push_subscriptions_of_users',
  `SELECT u.id, s.id, ${COLUMNS}
   FROM users u JOIN push_subscriptions p ON p.user_row = u.row JOIN user_sessions s ON s.row = p.session
   WHERE u.id = ANY ($1::uuid[]) AND s.expires_at > $2
     AND NOT EXISTS (
       SELECT FROM connections c JOIN hosts h ON h.id = c.host
       WHERE c.user_row = u.row AND c.visible AND c.host <> $3
         AND h.gone_at IS NULL AND h.heartbeat_at > $4)
   ORDER BY p.session`,
);
const NAMES = statement<[userId: string, name: string]>(
  'names_of_senders',
  `SELECT id, coalesce(display_name, username) FROM users WHERE id = ANY ($1::uuid[]) AND username IS NOT NULL`,
);

// One conversation by one: a plan for any number of them would expect to read all.
const MUTED = statement<[senderId: string, recipientId: string]>(
  'muted_for_push',
  `SELECT t.sender, t.recipient FROM unnest($1::uuid[], $2::uuid[]) AS t (sender, recipient),
     LATERAL (SELECT row FROM users WHERE id = t.sender LIMIT 1) s,
     LATERAL (SELECT row FROM users WHERE id = t.recipient LIMIT 1) r,
     LATERAL (
       SELECT CASE WHEN low = r.row THEN low_muted_until ELSE high_muted_until END AS until FROM conversations
       WHERE low = least(s.row, r.row) AND high = greatest(s.row, r.row) LIMIT 1
     ) c
   WHERE c.until > $3`,
);

/** Push subscriptions. */
export const pushQueries = ({
  database,
  clock,
}: PostgresQueryDeps): Pick<Queries, 'pushSubscription' | 'pushAudiences'> => ({
  async pushSubscription(sessionId) {
    const [found] = await database.query(OF_SESSION, [sessionId]);
    return found === undefined ? null : subscription(found);
  },
  async pushAudiences(asked, hostId) {
    const recipients = [...new Set(asked.map(({ recipientId }) => recipientId))];
    const senders = [...new Set(asked.map(({ senderId }) => senderId))];
    const now = clock.now();
    const [found, named, muted] = await Promise.all([
      database.query(OF_USERS, [recipients, now, hostId, now - HOST_SILENT_MS]),
      database.query(NAMES, [senders]),
      database.query(MUTED, [
        asked.map(({ senderId }) => senderId),
        asked.map(({ recipientId }) => recipientId),
        now,
      ]),
    ]);
    const names = new Map(named);
    const mutes = new Set(muted.map(([sender, recipient]) => `${sender}/${recipient}`));
    return asked.map(({ senderId, recipientId }): PushAudience => {
      const senderName = names.get(senderId);
      // Deleted meanwhile.
      if (senderName === undefined) return { senderName: '', subscriptions: [] };
      if (mutes.has(`${senderId}/${recipientId}`)) return { senderName, subscriptions: [] };
      const subscriptions = found.flatMap(([userId, sessionId, ...columns]) =>
        userId === recipientId ? [{ ...subscription(columns), sessionId }] : [],
      );
      return { senderName, subscriptions };
    });
  },
});

const subscription = ([endpoint, p256dh, auth, showText]: SubscriptionTuple) => ({
  ...{ endpoint, p256dh, auth, showText },
});
