import type { Sql } from '../sql.ts';
import { done, type AccountWrite, type Done } from './account-write.ts';
import { carryOut, deletionsLeft, nextDeletion, STAGE } from './deletion-steps.ts';
import { lockLogs } from './locked-users.ts';
import { areProfilesPending, tellNextProfile } from './tell-profile.ts';
import { peersAfter } from './tell-peers.ts';

/** Deletions are told first. What they erase, nobody waits for. */
export const continueSteps: AccountWrite<'continueSteps'> = async (sql, { rows }, now) => {
  const left = await deletionsLeft(sql);
  const events =
    left === 'telling' || !(await areProfilesPending(sql))
      ? await continueDeletion(sql, rows, now)
      : await tellNextProfile(sql, rows, now);
  const isTelling = await areProfilesPending(sql);
  return done({ left: isTelling ? 'telling' : await deletionsLeft(sql) }, events);
};

/** Carries on with one deletion. It locks the heads of one group of peers only, in one statement. */
const continueDeletion = async (
  sql: Sql,
  rows: number,
  now: number,
): Promise<Done<'continueSteps'>['events']> => {
  const deletion = await nextDeletion(sql);
  if (deletion === null) return [];
  const peers =
    deletion.stage === STAGE.telling ? await peersAfter(sql, deletion.user.row, deletion.position, rows) : [];
  const logs = await lockLogs(
    sql,
    peers.map(({ row }) => row),
  );
  return carryOut(sql, deletion, { peers, logs, areLast: peers.length < rows }, rows, now);
};
