import type { UserResource } from '../../../protocol/resources/user.ts';
import { TOLD_AT_ONCE } from '../../limits.ts';
import { KIND } from '../../rules/event-kinds.ts';
import { SHOWS_PRESENCE } from '../queries/presence.ts';
import type { Tx } from '../transactions.ts';
import { fromBlob } from '../uuid.ts';
import type { WriteContext } from './context.ts';

/** A change of a profile that not all partners have been told, and after which of them it goes on. */
interface PendingProfile {
  readonly row: number;
  readonly user: number;
  readonly id: Buffer;
  readonly bucket: number;
  readonly conversation: number;
}

interface Partner {
  readonly bucket: number;
  readonly conversation: number;
  readonly row: number;
  readonly id: Buffer;
  readonly isGone: number;
  /** Whether the user has written to them [S7]. */
  readonly seesPresence: number;
}

export interface ProfileTeller {
  /** Tells the user and the first partners of a change, and notes the others. */
  begin(tx: Tx, user: { readonly row: number; readonly id: string }, now: number): 'none' | 'telling';
  /** Tells at most `rows` partners of one change. Returns whether anybody was left to be told. */
  carryOn(tx: Tx, rows: number, now: number): boolean;
  isPending(tx: Tx): boolean;
}

/** Logs and announces changes of profiles [U3]. A change of a user whose former one is not told to all begins anew: nobody needs both. */
export const profileTeller = (context: WriteContext): ProfileTeller => {
  const { db } = context;
  const next = db.read<[], PendingProfile>(
    `SELECT p.row, p.user, u.id, p.bucket, p.conversation FROM pending_profiles p JOIN users u ON u.row = p.user
     WHERE p.row > 0 ORDER BY p.row LIMIT 1`,
  );
  const partners = db.read<[number, number, number, number], Partner>(
    `SELECT m.bucket, m.conversation, u.row, u.id, u.is_anonymized AS isGone,
       ${SHOWS_PRESENCE} AS seesPresence
     FROM members m JOIN conversations c ON c.row = m.conversation JOIN users u ON u.row = m.peer
     WHERE m.user = ? AND (m.bucket, m.conversation) > (?, ?) ORDER BY m.bucket, m.conversation LIMIT ? + 0`,
  );
  const pend = db.write<[number, number, number]>(
    `INSERT INTO pending_profiles (user, bucket, conversation) VALUES (?, ?, ?)
     ON CONFLICT (user) DO UPDATE SET bucket = excluded.bucket, conversation = excluded.conversation`,
  );
  const finish = db.write<[number]>('DELETE FROM pending_profiles WHERE user = ?');
  const tellOne = oneTeller(context);

  /** Tells the partners after a position, and notes how far it came. */
  const tell = (
    tx: Tx,
    { user, id, bucket, conversation }: Omit<PendingProfile, 'row' | 'id'> & { readonly id: string },
    rows: number,
    now: number,
  ): boolean => {
    // Who has written to whom may have changed in this transaction.
    context.flush(tx);
    const seen = context.queries.user(tx, id, id);
    if (seen === null) throw new Error(`no user ${id}`);
    if (bucket < 0) tellOne(tx, { row: user, id, seen }, user, now);
    const unseen = { ...seen, status: null, last_seen: null };
    const found = tx.all(partners, user, bucket, conversation, rows);
    for (const { row, id: partner, isGone, seesPresence } of found)
      if (isGone === 0)
        tellOne(tx, { row, id: fromBlob(partner), seen: seesPresence === 1 ? seen : unseen }, user, now);
    const last = found.at(-1);
    const isOver = last === undefined || found.length < rows;
    if (isOver) tx.run(finish, user);
    else tx.run(pend, user, last.bucket, last.conversation);
    return !isOver;
  };

  return {
    begin: (tx, { row: user, id }, now) =>
      tell(tx, { user, id, bucket: -1, conversation: 0 }, TOLD_AT_ONCE, now) ? 'telling' : 'none',
    carryOn(tx, rows, now) {
      const pending = tx.get(next);
      if (pending === undefined) return false;
      tell(tx, { ...pending, id: fromBlob(pending.id) }, rows, now);
      return true;
    },
    isPending: (tx) => tx.get(next) !== undefined,
  };
};

/** Puts the event into one log, in the place of an earlier one about the same user. */
const oneTeller = ({ db, log, events }: WriteContext) => {
  const supersede = db.write<[number, number]>(
    `DELETE FROM events WHERE user = ? AND subject = ? AND kind = ${String(KIND.userUpdated)}`,
  );
  return (
    tx: Tx,
    told: { readonly row: number; readonly id: string; readonly seen: UserResource },
    user: number,
    now: number,
  ): void => {
    tx.run(supersede, told.row, user);
    const cursor = log.addAbout(tx, told.row, KIND.userUpdated, now, user);
    const payload = { change: 'updated', user: told.seen } as const;
    events.push({ userId: told.id, event: { cursor, at: now, type: 'user', payload } });
  };
};
