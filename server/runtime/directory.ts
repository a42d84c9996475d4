import { hashOf, keyOf, kindOf, type Address } from './address.ts';
import type { ThreadName } from './envelope.ts';

/** Which kinds live on one thread; every other kind is spread over the shards by the hash of its key. */
export type FixedKinds = Readonly<Record<string, ThreadName>>;

/** Where an actor lives. Pure: every thread agrees without asking. */
export type Directory = (address: Address) => ThreadName;

/** With no shards the edge thread hosts what shards would. */
export const makeDirectory =
  (fixed: FixedKinds, shards: number): Directory =>
  (address) => {
    const thread = fixed[kindOf(address)];
    if (thread !== undefined) return thread;
    return shards === 0 ? 'edge' : `shard:${hashOf(keyOf(address)) % shards}`;
  };
