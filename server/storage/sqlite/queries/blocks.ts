import { isDeleted, Presenters } from '../../presenting/presenters.ts';
import { toBlob } from '../uuid.ts';
import type { QueryDeps, SnapshotQueries } from './snapshot-queries.ts';

/** Whom users block. A deleted user is in no list, from the decision on. */
export const blockQueries = ({
  db,
  rows: rowsIn,
}: QueryDeps): Pick<SnapshotQueries, 'blocks' | 'hasBlock'> => {
  const blocked = db
    .read<[number], number>(
      `SELECT b.peer FROM blocks b JOIN users u ON u.row = b.peer
       WHERE b.user = ? AND u.is_anonymized = 0 ORDER BY b.row DESC`,
    )
    .pluck();
  const hasBlock = db
    .read<[Buffer], number>('SELECT low_blocks OR high_blocks FROM conversations WHERE id = ?')
    .pluck();
  return {
    blocks(rx, userId) {
      const rows = rowsIn(rx);
      const user = rows.user(userId);
      if (user === null || isDeleted(user)) return [];
      const presenters = new Presenters(rows, user.row);
      return rx.all(blocked, user.row).map((row) => presenters.user(rows.userAt(row)));
    },
    hasBlock: (rx, conversationId) => rx.get(hasBlock, toBlob(conversationId)) === 1,
  };
};
