import { LOGIN_SLOT_MS } from '../../limits.ts';
import type { MakeWrite } from './context.ts';
import { failuresFinder } from './logins.ts';

/** Takes a slot if the failures of the address and its slots are fewer than the limit. A slot that ends later than any could comes
 *  from before the clock was set back, and counts as ended. */
export const enterLogin: MakeWrite<'enterLogin'> = ({ db }) => {
  const failuresOf = failuresFinder(db);
  const living = db
    .read<[string, number, number], [number, number]>(
      'SELECT count(*), min(ends_at) FROM login_slots WHERE key = ? AND ends_at > ? AND ends_at <= ?',
    )
    .raw();
  const take = db.write<[string, string, number]>('INSERT INTO login_slots VALUES (?, ?, ?)');
  return (tx, { key, slot, maxFailures, windowMs }, now) => {
    const { failures, firstAt } = failuresOf(tx, key, windowMs, now);
    if (failures >= maxFailures) return { kind: 'limited', until: firstAt + windowMs };
    const [slots, firstEndsAt] = tx.get(living, key, now, now + LOGIN_SLOT_MS) ?? [0, now];
    if (failures + slots >= maxFailures) return { kind: 'wait', slots, firstEndsAt };
    tx.run(take, slot, key, now + LOGIN_SLOT_MS);
    return { kind: 'entered' };
  };
};
