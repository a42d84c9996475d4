import { randomBytes, randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** Ids and randomness as an argument, so that a seed can replay a history. */
export interface Ids {
  /** UUIDv7 (RFC 9562), rising within a process. */
  next(): string;
  /** Cryptographically strong bytes. */
  random(bytes: number): Uint8Array;
}

const ID_BYTES = 16;

/** Random bytes for many ids: requesting them costs more than everything else about an id. */
const pool = new Uint8Array(256 * ID_BYTES);
let used = pool.length;
const draw = (): Uint8Array => {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += ID_BYTES;
  return pool.subarray(used - ID_BYTES, used);
};

let msecs = -Infinity;
let seq = 0;
/** Within a millisecond, or while the clock is behind the last id, a counter with a random start keeps ids rising (RFC 9562
 *  §6.2). */
const next = (): string => {
  const random = draw();
  const now = Date.now();
  if (now > msecs) {
    msecs = now;
    seq = new DataView(random.buffer, random.byteOffset).getUint32(6) & 0x7fffffff;
  } else {
    seq = (seq + 1) | 0;
    if (seq === 0) msecs += 1;
  }
  return v7({ msecs, seq, random });
};

export const systemIds: Ids = { next, random: (bytes) => randomBytes(bytes) };
