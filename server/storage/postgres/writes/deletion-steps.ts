import type { LoggedEvent } from '../../logged-event.ts';
import type { StepsLeft } from '../../writes.ts';
import { statement, type Sql } from '../sql.ts';
import type { LockedLogs } from './locked-users.ts';
import { tellDeletion, type PeerPosition, type PeerToTell } from './tell-peers.ts';

/** A deletion that has been decided, and how far it is. This transaction has locked it. */
interface UnfinishedDeletion {
  readonly row: number;
  readonly user: { readonly row: number; readonly id: string };
  readonly stage: number;
  readonly position: PeerPosition;
}

/** In the order of `pending_deletions.stage`: each peer's log gets an event; the events of the user's own log go; their search index
 *  goes; blocks go, of the user and by others, which no list shows any more. Messages stay: they are the peers' history too. */
export const STAGE = { telling: 0, events: 1, index: 2, blocks: 3, over: 4 } as const;

const NEXT = statement<
  [row: number, user: number, userId: string, stage: number, bucket: number, conversation: number]
>(
  'next_deletion',
  `SELECT p.row, p.user_row, u.id, p.stage, p.bucket, p.conversation
   FROM pending_deletions p JOIN users u ON u.row = p.user_row
   ORDER BY p.stage, p.row LIMIT 1 FOR UPDATE OF p`,
);
const LOWEST_STAGE = statement<[stage: number | null]>(
  'lowest_deletion_stage',
  'SELECT min(stage) FROM pending_deletions',
);
const SAVE = statement(
  'save_deletion',
  'UPDATE pending_deletions SET stage = $2, bucket = $3, conversation = $4 WHERE row = $1',
);
const FINISH = statement('finish_deletion', 'DELETE FROM pending_deletions WHERE row = $1');
const REMOVE_EVENTS = statement(
  'remove_own_events',
  `DELETE FROM events WHERE user_row = $1
     AND cursor IN (SELECT cursor FROM events WHERE user_row = $1 ORDER BY cursor LIMIT $2)`,
);
// A host that is at work on a job has locked it. Nobody waits for it here: what it builds is removed by a later step.
const REMOVE_JOBS = statement(
  'remove_search_jobs',
  `DELETE FROM search_todo WHERE user_row = $1 AND chunk IN (
     SELECT chunk FROM search_todo WHERE user_row = $1 FOR UPDATE SKIP LOCKED)`,
);
const JOBS_LEFT = statement<[boolean]>(
  'search_jobs_left',
  'SELECT EXISTS (SELECT FROM search_todo WHERE user_row = $1)',
);
const REMOVE_CHUNKS = statement('remove_search_chunks', 'DELETE FROM search_chunks WHERE user_row = $1');
const REMOVE_LISTS = statement(
  'remove_search_lists',
  `DELETE FROM search_lists WHERE user_row = $1 AND (chunk, bucket) IN (
     SELECT chunk, bucket FROM search_lists WHERE user_row = $1 ORDER BY chunk, bucket LIMIT $2)`,
);

const REMOVE_BLOCKS = statement(
  'remove_blocks_of_deleted',
  `DELETE FROM blocks WHERE row IN (
     SELECT row FROM blocks WHERE user_row = $1 UNION ALL SELECT row FROM blocks WHERE peer = $1 LIMIT $2)`,
);

/** The deletion to continue with. Several hosts that ask take turns. Null if there is none, or if another host has just finished it. */
export const nextDeletion = async (sql: Sql): Promise<UnfinishedDeletion | null> => {
  const [found] = await sql.query(NEXT);
  if (found === undefined) return null;
  const [row, user, id, stage, bucket, conversation] = found;
  return { row, user: { row: user, id }, stage, position: { bucket, conversation } };
};

/** What all deletions still have to do. */
export const deletionsLeft = async (sql: Sql): Promise<StepsLeft> => {
  const [found] = await sql.query(LOWEST_STAGE);
  const stage = found?.[0] ?? null;
  if (stage === null) return 'none';
  return stage === STAGE.telling ? 'telling' : 'erasing';
};

/** The peers that a step tells, whose heads are locked, and whether they are the last. */
interface PeersOfStep {
  readonly peers: readonly PeerToTell[];
  readonly logs: LockedLogs;
  readonly areLast: boolean;
}

/** Carries on with a deletion, over at most `rows` rows, and notes how far it came. A step that tells peers erases nothing: it holds
 *  their heads, and may wait for nothing else. Nobody waits for it: every answer is made from
 *  the row in `users`. Returns the events of the peers. */
export const carryOut = async (
  sql: Sql,
  { row, user, stage, position }: UnfinishedDeletion,
  { peers, logs, areLast }: PeersOfStep,
  rows: number,
  now: number,
): Promise<readonly LoggedEvent[]> => {
  const events = await tellDeletion(sql, user, peers, logs, now);
  const { bucket, conversation } = peers.at(-1) ?? position;
  const told = areLast ? STAGE.events : stage;
  const reached = stage === STAGE.telling ? told : await erase(sql, user.row, stage, rows);
  if (reached === STAGE.over) await sql.run(FINISH, [row]);
  else await sql.run(SAVE, [row, reached, bucket, conversation]);
  return events;
};

/** Erases at most `rows` rows, beginning with `stage`. Returns the stage that it reached. */
const erase = async (sql: Sql, user: number, stage: number, rows: number): Promise<number> => {
  let [reached, left] = [stage, rows];
  if (reached === STAGE.events && left > 0) {
    const removed = await sql.run(REMOVE_EVENTS, [user, left]);
    if (removed < left) reached = STAGE.index;
    left -= removed;
  }
  if (reached === STAGE.index && left > 0) {
    // In this order: if no job was left, the index that all of them have built is seen by what follows.
    const [, jobsLeft, , removed] = await Promise.all([
      sql.run(REMOVE_JOBS, [user]),
      sql.query(JOBS_LEFT, [user]),
      sql.run(REMOVE_CHUNKS, [user]),
      sql.run(REMOVE_LISTS, [user, left]),
    ]);
    if (removed < left && jobsLeft[0]?.[0] === false) reached = STAGE.blocks;
    left -= removed;
  }
  if (reached === STAGE.blocks && left > 0) {
    const removed = await sql.run(REMOVE_BLOCKS, [user, left]);
    if (removed < left) reached = STAGE.over;
  }
  return reached;
};
