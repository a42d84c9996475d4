import { INIT } from './0001-init.ts';
import { ORDER_AND_DELETIONS } from './0003-order-and-deletions.ts';

/** In order; the n-th takes schema n-1 to n. A migration that has been released is never changed. */
export const MIGRATIONS: readonly string[] = [INIT, ORDER_AND_DELETIONS];
