import type { FoundReaction, ReactionRange } from '../../presenting/reaction-ranges.ts';
import { statement, type Sql } from '../sql.ts';
import type { LoadedRows } from './loaded-rows.ts';

const REACTIONS = statement<FoundReaction>(
  'reactions',
  `SELECT x.conversation, x.seq, x.user_row, x.emoji
   FROM unnest($1::bigint[], $2::integer[], $3::integer[]) AS wanted (conversation, first, last)
   JOIN reactions x ON x.conversation = wanted.conversation AND x.seq BETWEEN wanted.first AND wanted.last
   WHERE x.is_current AND x.emoji IS NOT NULL ORDER BY x.row`,
);

/** Loads the reactions to the messages of some ranges. */
export const loadReactions = async (
  sql: Pick<Sql, 'query'>,
  rows: LoadedRows,
  wanted: readonly ReactionRange[],
): Promise<void> => {
  if (wanted.length === 0) return;
  const found = await sql.query(REACTIONS, [
    wanted.map(({ conversation }) => conversation),
    wanted.map(({ first }) => first),
    wanted.map(({ last }) => last),
  ]);
  rows.addReactions(found);
};
