import { isDeleted } from '../../presenting/presenters.ts';
import type { Rx } from '../transactions.ts';
import { fromBlob } from '../uuid.ts';
import type { QueryDeps, SnapshotQueries } from './snapshot-queries.ts';

/** Whether the user of the entry `m` shows their presence to the other one of the conversation `c`: they have written to them, and do not
 *  block them [S7] [B3]. */
export const SHOWS_PRESENCE = `CASE WHEN c.low = m.user THEN c.low_sent > 0 AND c.low_blocks = 0
  ELSE c.high_sent > 0 AND c.high_blocks = 0 END`;

type PresenceQueries = Pick<
  SnapshotQueries,
  'partners' | 'presenceOf' | 'seenPresence' | 'presenceChangedSince' | 'blocksChangedSince'
>;

/** Who is online, and who sees it. Presence of a deleted user, such as the end of the last connection, is announced to nobody. */
export const presenceQueries = ({ db, rows: rowsIn }: QueryDeps): PresenceQueries => {
  const partners = db
    .read<[number], Buffer>(
      `SELECT u.id FROM members m JOIN conversations c ON c.row = m.conversation JOIN users u ON u.row = m.peer
       WHERE m.user = ? AND ${SHOWS_PRESENCE} AND u.is_anonymized = 0`,
    )
    .pluck();
  const partnersOf = (rx: Rx, userId: string): readonly string[] => {
    const user = rowsIn(rx).user(userId);
    return user === null || isDeleted(user) ? [] : rx.all(partners, user.row).map(fromBlob);
  };
  const blocked = db
    .read<[number], Buffer>(
      `SELECT u.id FROM blocks b JOIN users u ON u.row = b.peer
       JOIN conversations c ON c.low = min(b.user, b.peer) AND c.high = max(b.user, b.peer)
       WHERE b.user = ? AND CASE WHEN c.low = b.user THEN c.low_sent > 0 ELSE c.high_sent > 0 END AND u.is_anonymized = 0`,
    )
    .pluck();
  const hiddenFrom = (rx: Rx, userId: string): readonly string[] => {
    const user = rowsIn(rx).user(userId);
    return user === null ? [] : rx.all(blocked, user.row).map(fromBlob);
  };
  const presenceOf = (rx: Rx, userIds: readonly string[]) => {
    const rows = rowsIn(rx);
    return userIds.flatMap((userId) => {
      const user = rows.user(userId);
      return user === null || isDeleted(user) ? [] : [{ userId, ...rows.presence(user.row) }];
    });
  };
  return {
    partners: partnersOf,
    presenceOf,
    seenPresence: (rx, userIds) =>
      presenceOf(rx, userIds).map((each) => ({
        ...each,
        observers: partnersOf(rx, each.userId),
        hiddenFrom: hiddenFrom(rx, each.userId),
      })),
    // No other host writes to this store, and this one announces what it changes.
    presenceChangedSince: () => [],
    blocksChangedSince: () => ({ pairs: [], next: null }),
  };
};
