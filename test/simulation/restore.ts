import type { RandomSource } from '../support/random-source.ts';
import { actSomehow } from './actions.ts';
import type { World } from './world.ts';

/** Longer than anything is under way in the network or on a device: what the server before said has arrived or is lost. */
const OUTAGE_MS = 8_000;

/** Somebody copies the store, the server goes on, dies, is put back to the copy, and goes on from there. Returns when people have
 *  done with it. */
export const restoreInBetween = (world: World, random: RandomSource): number => {
  const { scheduler, plan, life } = world;
  const copyAt = random.next() * 0.7 * plan.spanMs;
  const backAt = copyAt + random.next() * (plan.spanMs - copyAt);
  // A copy of the files keeps the id of the history; the command that restores gives a new one.
  const renews = random.chance(0.3);
  const endAt = backAt + OUTAGE_MS + plan.spanMs;
  scheduler.after(
    copyAt,
    () => {
      world.copyStore();
    },
    life,
  );
  scheduler.after(
    backAt,
    () => {
      world.putStoreBack(renews);
    },
    life,
  );
  scheduler.after(
    backAt + OUTAGE_MS,
    () => {
      world.endOutage();
    },
    life,
  );
  for (let n = 0; n < plan.actions; n += 1)
    scheduler.after(
      backAt + OUTAGE_MS + random.next() * plan.spanMs,
      () => {
        actSomehow(world);
      },
      life,
    );
  return endAt;
};
