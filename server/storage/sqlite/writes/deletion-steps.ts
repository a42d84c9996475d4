import type { StepsLeft } from '../../writes.ts';
import type { Tx } from '../transactions.ts';
import type { WriteContext } from './context.ts';
import { anonymiseMessages, removeBlocks, removeOwnEvents, tellPeers } from './deletion-stages.ts';
import type { PendingDeletion } from './deletion-stages.ts';

const TELLING = 0;

interface DeletionSteps {
  /** Does at most `rows` rows, and returns what is left. */
  readonly carryOut: (tx: Tx, rows: number, now: number) => StepsLeft;
  readonly left: (tx: Tx) => StepsLeft;
  readonly isTelling: (tx: Tx) => boolean;
}

/** Carries out decided deletions, a bounded number of rows at a time: first logs an event for every peer, then removes the
 *  user's own log, then fills the columns of the user's messages, then removes blocks. The position is stored in the table, so that it continues after
 *  a restart. Nobody waits for it: every answer is made from the row in `users`. */
export const deletionSteps = (context: WriteContext): DeletionSteps => {
  const { db } = context;
  // In the order of `pending_deletions.stage`.
  const stages = [
    tellPeers(context),
    removeOwnEvents(context),
    anonymiseMessages(context),
    removeBlocks(context),
  ];
  const next = db.read<[], PendingDeletion>(
    `SELECT p.row, p.user, u.id, p.name, p.stage, p.bucket, p.conversation, p.message
     FROM pending_deletions p INDEXED BY pending_deletions_by_stage JOIN users u ON u.row = p.user
     WHERE p.stage >= 0 ORDER BY p.stage, p.row LIMIT 1`,
  );
  const save = db.write<[number, number, number, number, number]>(
    'UPDATE pending_deletions SET stage = ?, bucket = ?, conversation = ?, message = ? WHERE row = ?',
  );
  const remove = db.write<[number]>('DELETE FROM pending_deletions WHERE row = ?');
  // Without a condition SQLite frees whole pages and overwrites them with zeros, so no copy of a moved name is left in them.
  const clear = db.write<[]>('DELETE FROM pending_deletions');
  const callForErasure = db.write<[]>(`UPDATE meta SET value = value + 1 WHERE key = 'erasures'`);

  const finish = (tx: Tx, pending: PendingDeletion): void => {
    tx.run(remove, pending.row);
    if (tx.get(next) === undefined) tx.run(clear);
    tx.run(callForErasure);
  };

  const leftOf = (pending: PendingDeletion | undefined): StepsLeft => {
    if (pending === undefined) return 'none';
    return pending.stage === TELLING ? 'telling' : 'erasing';
  };
  const carryOut = (tx: Tx, rows: number, now: number): StepsLeft => {
    let left = rows;
    let pending = tx.get(next);
    while (pending !== undefined && left > 0) {
      const given = left;
      const taken = stages[pending.stage]?.(tx, pending, given, now) ?? 0;
      left -= Math.max(1, taken);
      if (taken < given) pending.stage += 1;
      if (pending.stage === stages.length) finish(tx, pending);
      else tx.run(save, pending.stage, pending.bucket, pending.conversation, pending.message, pending.row);
      pending = tx.get(next);
    }
    return leftOf(pending);
  };
  const left = (tx: Tx): StepsLeft => leftOf(tx.get(next));
  return { carryOut, left, isTelling: (tx) => left(tx) === 'telling' };
};
