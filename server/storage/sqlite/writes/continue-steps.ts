import { deletionSteps } from './deletion-steps.ts';
import type { MakeWrite } from './context.ts';
import { profileTeller } from './tell-profile.ts';

/** Deletions are told first. What they erase, nobody waits for. */
export const continueSteps: MakeWrite<'continueSteps'> = (context) => {
  const deletions = deletionSteps(context);
  const profiles = profileTeller(context);
  return (tx, { rows }, now) => {
    if (!deletions.isTelling(tx) && profiles.carryOn(tx, rows, now))
      return { left: profiles.isPending(tx) ? 'telling' : deletions.left(tx) };
    const left = deletions.carryOut(tx, rows, now);
    return { left: profiles.isPending(tx) ? 'telling' : left };
  };
};
