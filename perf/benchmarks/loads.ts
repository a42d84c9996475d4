import { oneCpu } from '../machine/cpu-list.ts';
import type { Load } from '../servers/side-by-side.ts';

type Work = Omit<Load, 'warmUpS' | 'windowS'>;

const messages = { receipts: 'gathered', bytes: 200, workers: 1 } as const;

/** 100 pairs with one message in flight each, server and generator on one CPU, so that the scheduler has no say. */
export const pinnedWork: Work = {
  ...messages,
  pairs: 100,
  pace: { kind: 'closed', inFlight: 1 },
  cpus: oneCpu(),
};

/** 200 pairs with eight messages in flight each, wherever the scheduler puts it: as much as the machine gives. */
export const unpinnedWork: Work = { ...messages, pairs: 200, pace: { kind: 'closed', inFlight: 8 } };
