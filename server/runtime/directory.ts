import { hashOf, keyOf, kindOf, type Address, type ThreadName } from './address.ts';

/** Which kinds live on one thread; every other kind is spread over the shards by the hash of its key. */
export type FixedKinds = Readonly<Record<string, ThreadName>>;

/** Where an actor lives. Pure: every thread agrees without asking. */
export type Directory = (address: Address) => ThreadName;

/** With no shards the edge thread hosts what shards would. */
export const makeDirectory = (fixed: FixedKinds, shards: number): Directory => {
  const only: ThreadName | undefined = shards === 0 ? 'edge' : shards === 1 ? 'shard:0' : undefined;
  return (address) => fixed[kindOf(address)] ?? only ?? `shard:${hashOf(keyOf(address)) % shards}`;
};
