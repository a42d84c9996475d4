import type { ReadStatements, Rx } from '../transactions.ts';

/** Changes of reactions up to a row, and how many reactions were in force then. */
interface Counted {
  readonly to: number;
  readonly reactions: number;
  /** What retention had removed. */
  readonly removed: number;
}
type Fresh = [to: number | null, inForce: number, before: number];

/** Counts the reactions that are in force, without reading all of them each time. Changes are rows that are only ever added, and whoever
 *  counts remembers up to which row they have counted: the next count reads the rows since then, and of each message and user in them the
 *  change before. Retention alone removes rows; after it, as at the first count of a connection, the index of those in force is read. */
export const reactionCount = (db: ReadStatements): ((rx: Rx) => number) => {
  const removedMessages = db.read<[], number>('SELECT removed FROM retention WHERE one = 1').pluck();
  const lastRow = db.read<[], number>('SELECT coalesce(max(row), 0) FROM reactions').pluck();
  const all = db
    .read<[], number>('SELECT count(*) FROM reactions WHERE is_current = 1 AND emoji IS NOT NULL')
    .pluck();
  const since = db
    .read<{ to: number }, Fresh>(
      `WITH fresh AS MATERIALIZED (
         SELECT row, conversation, seq, user, is_current AND emoji IS NOT NULL AS in_force FROM reactions WHERE row > @to
       )
       SELECT max(row), coalesce(sum(in_force), 0), (
         SELECT count(*) FROM (SELECT DISTINCT conversation, seq, user FROM fresh) f WHERE (
           SELECT x.emoji FROM reactions x
           WHERE x.conversation = f.conversation AND x.seq = f.seq AND x.user = f.user AND x.row <= @to
           ORDER BY x.row DESC LIMIT 1
         ) IS NOT NULL
       ) FROM fresh`,
    )
    .raw();
  let known: Counted | null = null;

  const counted = (rx: Rx): Counted => {
    const removed = rx.get(removedMessages) ?? 0;
    if (known?.removed !== removed) return { to: rx.get(lastRow) ?? 0, reactions: rx.get(all) ?? 0, removed };
    const [to, inForce, before] = rx.get(since, { to: known.to }) ?? [null, 0, 0];
    return to === null ? known : { to, reactions: known.reactions + inForce - before, removed };
  };
  return (rx) => {
    known = counted(rx);
    return known.reactions;
  };
};
