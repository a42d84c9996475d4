import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';

/** Ids and randomness as an argument, so that a seed can replay a history. */
export interface Ids {
  /** UUIDv7 (RFC 9562), rising within a process. */
  next(): string;
  /** Cryptographically strong bytes. */
  random(bytes: number): Uint8Array;
}

export const systemIds: Ids = {
  next: () => v7(),
  random: (bytes) => randomBytes(bytes),
};
