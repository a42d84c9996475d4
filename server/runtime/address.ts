/** Where an actor is found: `kind:key`. Plain text, so it survives a thread hop and keys a map. */
export type Address = `${string}:${string}`;

/** A thread by name: `edge`, `writer`, `shard:0`… */
export type ThreadName = 'edge' | 'writer' | `shard:${number}`;

/** A typed address: holding one is the right to send `M`. Plain data; compare by `address`, never by identity. */
export interface Ref<in M> {
  readonly address: Address;
  /** Never present: carries the type alone. */
  readonly accepts?: (message: M) => void;
}

export const refOf = <M>(kind: string, key: string): Ref<M> => ({ address: `${kind}:${key}` });
export const kindOf = (address: Address): string => address.slice(0, address.indexOf(':'));
export const keyOf = (address: Address): string => address.slice(address.indexOf(':') + 1);

/** FNV-1a, 32 bit. */
export const fnv1a = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
};

/** Hash for the placement of a key. Pure, so that all threads agree on placement without asking; a change moves every actor. The
 *  lowest bit of FNV-1a depends only on the parity of the text, so two keys would determine where a key made of both is placed.
 *  The final mix of MurmurHash3 prevents that. */
export const hashOf = (text: string): number => {
  let hash = fnv1a(text);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};
