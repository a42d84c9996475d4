/** The one door to signals: a 0.x package behind names of ours. */
export { signal, computed } from '@lit-labs/signals';
export type { Signal } from '@lit-labs/signals';
