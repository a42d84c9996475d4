import type { Writes } from '../../storage/writes.ts';
import type { EdgeDeps } from '../deps.ts';
import { limited } from './sign-in.ts';

/** Writes what may change something, within the rate of messages of the user, which it only spends if something has changed.
 *  @throws ParleyError `too_many_requests` [R3] */
export const countedChange = async <W extends 'changeSettings' | 'setBlock'>(
  { sends, write }: EdgeDeps,
  type: W,
  input: Writes[W]['in'],
): Promise<Writes[W]['out']> => {
  const { userId } = input;
  if (!sends.take(userId))
    throw limited(
      Math.max(1, sends.secondsToWait(userId)),
      'You are changing too much at once; try again in a moment.',
    );
  let hasChanged = false;
  try {
    const outcome = await write(type, input);
    hasChanged = outcome.kind === 'changed';
    return outcome;
  } finally {
    // Whoever tries again while the store takes nothing is not told afterwards that they have changed too much.
    if (!hasChanged) sends.giveBack(userId);
  }
};
