import type { Clock } from '../../server/runtime/clock.ts';
import { LOGIN_SLOT_MS } from '../../server/storage/limits.ts';
import type { Writes } from '../../server/storage/writes.ts';

/** Login slots and failures as a store keeps them, in memory. Several hosts may share it. */
export class LoginStore {
  readonly failures = new Map<string, { failures: number; firstAt: number }>();
  /** Until when each slot lasts, and at which address it is. */
  readonly slots = new Map<string, { key: string; endsAt: number }>();
  /** How many failures belong to which name, by address and name. */
  readonly #ofName = new Map<string, number>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  enter({ key, slot, maxFailures, windowMs }: Writes['enterLogin']['in']): Writes['enterLogin']['out'] {
    const now = this.#clock.now();
    const { failures, firstAt } = this.#counted(key, windowMs);
    if (failures >= maxFailures) return { kind: 'limited', until: firstAt + windowMs };
    const ends = [...this.slots.values()].filter((each) => each.key === key && each.endsAt > now);
    if (failures + ends.length >= maxFailures) {
      const firstEndsAt = Math.min(...ends.map(({ endsAt }) => endsAt));
      return { kind: 'wait', slots: ends.length, firstEndsAt };
    }
    this.slots.set(slot, { key, endsAt: now + LOGIN_SLOT_MS });
    return { kind: 'entered' };
  }

  settle({
    key,
    slot,
    username,
    outcome,
    windowMs,
  }: Writes['settleLogin']['in']): Writes['settleLogin']['out'] {
    const name = `${key} ${username}`;
    const { failures, firstAt } = this.#counted(key, windowMs);
    const ofName = this.#ofName.get(name) ?? 0;
    this.slots.delete(slot);
    const now = { wrong: failures + 1, right: Math.max(0, failures - ofName), void: failures }[outcome];
    if (outcome !== 'void') this.#ofName.set(name, outcome === 'wrong' ? ofName + 1 : 0);
    if (now === 0) this.failures.delete(key);
    else this.failures.set(key, { failures: now, firstAt });
    return { failures: now, firstAt };
  }

  #counted(key: string, windowMs: number): { failures: number; firstAt: number } {
    const now = this.#clock.now();
    const stored = this.failures.get(key);
    if (stored === undefined || now >= stored.firstAt + windowMs) return { failures: 0, firstAt: now };
    // The clock was set back: the window begins now.
    if (stored.firstAt > now) this.failures.set(key, { ...stored, firstAt: now });
    return { ...stored, firstAt: Math.min(now, stored.firstAt) };
  }
}
