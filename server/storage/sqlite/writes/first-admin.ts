import type { Tx, WriteStatements } from '../transactions.ts';
import type { MakeWrite } from './context.ts';

const HASH = 'first_admin_link';
const UNTIL = 'first_admin_until';

interface FirstAdminLink {
  /** Whether this is the link, and is still good. */
  stateOf(tx: Tx, hash: Uint8Array, now: number): 'good' | 'expired' | 'other';
  /** Uses it up. */
  use(tx: Tx): void;
}

/** The link of an empty store: `meta` holds the hash of its code and when it ends, in one row each [A11]. */
export const firstAdminLink = (db: WriteStatements): FirstAdminLink => {
  const find = db
    .read<[Uint8Array], number>(
      `SELECT u.value FROM meta h, meta u WHERE h.key = '${HASH}' AND h.value = ? AND u.key = '${UNTIL}'`,
    )
    .pluck();
  const remove = db.write<[]>(`DELETE FROM meta WHERE key IN ('${HASH}', '${UNTIL}')`);
  return {
    stateOf(tx, hash, now) {
      const until = tx.get(find, hash);
      if (until === undefined) return 'other';
      return until > now ? 'good' : 'expired';
    },
    use(tx) {
      tx.run(remove);
    },
  };
};

export const offerFirstAdmin: MakeWrite<'offerFirstAdmin'> = ({ db }) => {
  const inUse = db
    .read<[], number | string | null>(
      'SELECT coalesce((SELECT max(row) FROM users), (SELECT min(name) FROM reserved_names))',
    )
    .pluck();
  const put = db.write<[string, Uint8Array | number]>('INSERT OR REPLACE INTO meta VALUES (?, ?)');
  return (tx, { hash, ttlMs }, now) => {
    if ((tx.get(inUse) ?? null) !== null) return { kind: 'in-use' };
    const expiresAt = now + ttlMs;
    tx.run(put, HASH, hash);
    tx.run(put, UNTIL, expiresAt);
    return { kind: 'offered', expiresAt };
  };
};
