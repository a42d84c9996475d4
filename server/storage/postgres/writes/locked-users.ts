import { statement, type Sql } from '../sql.ts';

/** A living user whose head this transaction has locked: no other one can write for them until it ends. */
export interface LockedUser {
  readonly row: number;
  readonly id: string;
  readonly name: string;
  /** The end of their log. */
  readonly cursor: number;
}

type UserTuple = readonly [row: number, id: string, name: string | null, cursor: number];

const LOCK_BY_ID = statement<UserTuple>(
  'lock_user',
  `SELECT h.user_row, u.id, h.name, h.cursor FROM users u JOIN heads h ON h.user_row = u.row
   WHERE u.id = $1 FOR UPDATE OF h`,
);
// The name of the head is the one that counts: `users` is read as it was before the lock was waited for.
const LOCK_BY_NAME = statement<UserTuple>(
  'lock_user_named',
  `SELECT h.user_row, u.id, h.name, h.cursor FROM users u JOIN heads h ON h.user_row = u.row
   WHERE u.username = $1 FOR UPDATE OF h`,
);
const LOCK_FREE = statement<UserTuple>(
  'lock_free_users',
  `SELECT h.user_row, u.id, h.name, h.cursor FROM users u JOIN heads h ON h.user_row = u.row
   WHERE u.id = ANY ($1::uuid[]) ORDER BY h.user_row FOR UPDATE OF h SKIP LOCKED`,
);
type HeadTuple = readonly [row: number, id: string, cursor: number, name: string | null];
/** In ascending order, which is the order of all transactions that lock users, so that none waits for another in a circle. */
const HEADS = `SELECT h.user_row, u.id, h.cursor, h.name FROM heads h JOIN users u ON u.row = h.user_row
   WHERE h.user_row = ANY($1::bigint[]) ORDER BY h.user_row FOR UPDATE OF h`;
export const LOCK_HEADS = statement<HeadTuple>('lock_heads', HEADS);
/** Those that nobody else has locked. */
export const LOCK_FREE_HEADS = statement<HeadTuple>('lock_free_heads', `${HEADS} SKIP LOCKED`);

/** Null for deleted users and for ids that never existed. */
export const lockUser = async (sql: Sql, userId: string): Promise<LockedUser | null> =>
  livingUser(await sql.query(LOCK_BY_ID, [userId]));

/** The living ones of these users, by id. Of several, those whom nobody else has locked: to wait for one would keep the others locked. */
export const lockUsers = async (
  sql: Sql,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, LockedUser>> => {
  const found =
    userIds.length === 1 ? await sql.query(LOCK_BY_ID, userIds) : await sql.query(LOCK_FREE, [userIds]);
  return new Map(
    found.flatMap((tuple) => {
      const user = livingUser([tuple]);
      return user === null ? [] : [[user.id, user] as const];
    }),
  );
};

/** The user who has this name now, however it is capitalised. */
export const lockUserNamed = async (sql: Sql, username: string): Promise<LockedUser | null> =>
  livingUser(await sql.query(LOCK_BY_NAME, [username.toLowerCase()]));

/** The end of a log that this transaction has locked. */
interface LockedLog {
  readonly cursor: number;
  readonly isLiving: boolean;
}
export type LockedLogs = ReadonlyMap<number, LockedLog>;

/** Locks the heads of several users, by row, and returns those that are there. A transaction does this once, before it locks
 *  anything else of them. */
export const lockLogs = async (sql: Sql, rows: readonly number[]): Promise<LockedLogs> => {
  if (rows.length === 0) return new Map();
  const heads = await sql.query(LOCK_HEADS, [rows]);
  return new Map(heads.map(([row, , cursor, name]) => [row, { cursor, isLiving: name !== null }]));
};

const livingUser = ([found]: readonly UserTuple[]): LockedUser | null => {
  if (found === undefined) return null;
  const [row, id, name, cursor] = found;
  return name === null ? null : { row, id, name, cursor };
};
