import { INIT } from './0001-init.ts';
import { STORAGE_ORDER } from './0003-storage-order.ts';

/** In order; the n-th takes schema n-1 to n. A migration that has been released is never changed. */
export const MIGRATIONS: readonly string[] = [INIT, STORAGE_ORDER];
