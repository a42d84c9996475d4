import type { Operator } from './operator.ts';

const ROWS = 500;

/** Carries decided deletions of accounts on until every peer has been told, which an export has to wait for. */
export const finishTelling = async (operator: Pick<Operator, 'write'>): Promise<void> => {
  for (let left = 'telling'; left === 'telling';) {
    ({ left } = await operator.write('continueSteps', { rows: ROWS }));
  }
};
