import type { PushAudience } from '../../push-subscriptions.ts';
import type { Rx } from '../transactions.ts';
import { fromBlob, toBlob } from '../uuid.ts';
import type { QueryDeps, SnapshotQueries } from './snapshot-queries.ts';

interface SubscriptionRow {
  readonly session: Buffer;
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  readonly showText: number;
}

const SELECT = `SELECT s.id AS session, p.endpoint, p.p256dh, p.auth, p.show_text AS showText
  FROM push_subscriptions p JOIN user_sessions s ON s.row = p.session`;

/** Push subscriptions. Connections of other hosts are not asked for, because there are none. */
export const pushQueries = ({
  db,
  clock,
}: QueryDeps): Pick<SnapshotQueries, 'pushSubscription' | 'pushAudiences'> => {
  const ofSession = db.read<[Buffer], SubscriptionRow>(`${SELECT} WHERE s.id = ?`);
  const ofUser = db.read<[Buffer, number], SubscriptionRow>(
    `${SELECT} WHERE p.user = (SELECT row FROM users WHERE id = ?) AND s.expires_at > ? ORDER BY p.session`,
  );
  const nameOf = db
    .read<[Buffer], string | null>('SELECT coalesce(display_name, username) FROM users WHERE id = ?')
    .pluck();
  const mutedUntil = db
    .read<[Buffer, Buffer], number>(
      `SELECT CASE WHEN c.low = r.row THEN c.low_muted_until ELSE c.high_muted_until END
       FROM users s, users r, conversations c
       WHERE s.id = ? AND r.id = ? AND c.low = min(s.row, r.row) AND c.high = max(s.row, r.row)`,
    )
    .pluck();
  const audience = (rx: Rx, senderId: string, recipientId: string, now: number): PushAudience => {
    const senderName = rx.get(nameOf, toBlob(senderId)) ?? null;
    // Deleted meanwhile.
    if (senderName === null) return { senderName: '', subscriptions: [] };
    const isMuted = (rx.get(mutedUntil, toBlob(senderId), toBlob(recipientId)) ?? 0) > now;
    if (isMuted) return { senderName, subscriptions: [] };
    const subscriptions = rx
      .all(ofUser, toBlob(recipientId), now)
      .map((row) => ({ ...subscription(row), sessionId: fromBlob(row.session) }));
    return { senderName, subscriptions };
  };
  return {
    pushSubscription(rx, sessionId) {
      const found = rx.get(ofSession, toBlob(sessionId));
      return found === undefined ? null : subscription(found);
    },
    pushAudiences(rx, asked) {
      const now = clock.now();
      return asked.map(({ senderId, recipientId }) => audience(rx, senderId, recipientId, now));
    },
  };
};

const subscription = ({ endpoint, p256dh, auth, showText }: SubscriptionRow) => ({
  ...{ endpoint, p256dh, auth },
  showText: showText === 1,
});
