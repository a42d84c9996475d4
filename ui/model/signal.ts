/** The only import of signals: a 0.x package behind our own names. */
export { signal } from '@lit-labs/signals';
export type { Signal } from '@lit-labs/signals';
