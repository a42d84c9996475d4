import type { Clock } from '../../../runtime/clock.ts';
import { statement, type Sql } from '../sql.ts';

/** Changes of reactions up to a row, and how many reactions were in force then. */
interface Counted {
  readonly to: number;
  readonly reactions: number;
  /** What retention had removed. */
  readonly removed: number;
}

/** Rows are numbered when a batch begins, so one with a higher number may be committed first. A batch ends within seconds: what has a
 *  lower number than a change that is older than this is there. */
const SETTLED_MS = 60_000;
/** Changes that are read anew with each count, before everything is counted again. */
const FRESH_MAX = 10_000;

/** By how many reactions those in force have changed since a row. Of each message and user the change before is looked up. */
const changeSince = (row: string): string =>
  `(SELECT count(*) FROM reactions WHERE row > ${row} AND is_current AND emoji IS NOT NULL)
   - (SELECT count(*) FROM (SELECT DISTINCT conversation, seq, user_row FROM reactions WHERE row > ${row}) f
      WHERE (SELECT x.emoji FROM reactions x
        WHERE x.conversation = f.conversation AND x.seq = f.seq AND x.user_row = f.user_row AND x.row <= ${row}
        ORDER BY x.row DESC LIMIT 1) IS NOT NULL)`;

const ALL = statement<[to: number, before: number, now: number, removed: number]>(
  'all_reactions',
  `WITH settled AS MATERIALIZED (
     SELECT coalesce((SELECT row FROM reactions WHERE at < $1 ORDER BY row DESC LIMIT 1), 0) AS row
   ), counted AS MATERIALIZED (
     SELECT count(*) AS now FROM reactions WHERE is_current AND emoji IS NOT NULL
   )
   SELECT settled.row, (counted.now - (${changeSince('(SELECT row FROM settled)')}))::bigint, counted.now,
     (SELECT removed FROM retention)
   FROM settled, counted`,
);
const SINCE = statement<[fresh: number, change: number, removed: number]>(
  'reactions_since',
  `SELECT (SELECT count(*) FROM reactions WHERE row > $1::bigint), (${changeSince('$1::bigint')})::bigint,
     (SELECT removed FROM retention)`,
);

/** Counts the reactions that are in force, without reading all of them each time. Changes are rows that are only ever added, and whoever
 *  counts remembers how many were in force at a row that is a minute old: the next count reads the rows since then. Retention alone
 *  removes rows; after it, at the first count, and after many changes, the index of those in force is read. */
export const reactionCount = (
  database: Pick<Sql, 'query'>,
  clock: Pick<Clock, 'now'>,
): (() => Promise<number>) => {
  let known: Counted | null = null;
  return async () => {
    const before = known;
    if (before !== null) {
      const [[fresh, change, removed] = [0, 0, 0]] = await database.query(SINCE, [before.to]);
      if (removed === before.removed && fresh <= FRESH_MAX) return before.reactions + change;
    }
    const [found] = await database.query(ALL, [clock.now() - SETTLED_MS]);
    const [to, reactions, now, removed] = found ?? [0, 0, 0, 0];
    known = { to, reactions, removed };
    return now;
  };
};
