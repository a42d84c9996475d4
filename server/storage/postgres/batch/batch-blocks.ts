import type { BlockRecords } from '../../rules/records.ts';

export interface ChangedBlock {
  readonly user: number;
  readonly peer: number;
  readonly at: number;
}

/** What a batch has loaded of blocks, under lock. */
export interface LoadedBlocks {
  readonly blocks: readonly (readonly [user: number, peer: number])[];
  /** How many others a user blocks; those who block nobody are not in it. */
  readonly counts: ReadonlyMap<number, number>;
}

const keyOf = (user: number, peer: number): string => `${String(user)}:${String(peer)}`;

/** The blocks as the rules of one batch see them, and what these change. */
export class BatchBlocks implements BlockRecords<null> {
  readonly #blocked: Set<string>;
  readonly #counts: Map<number, number>;
  readonly #added = new Map<string, ChangedBlock>();
  /** Those that are stored. */
  readonly removed: ChangedBlock[] = [];

  constructor({ blocks, counts }: LoadedBlocks) {
    this.#blocked = new Set(blocks.map(([user, peer]) => keyOf(user, peer)));
    this.#counts = new Map(counts);
  }

  get added(): readonly ChangedBlock[] {
    return [...this.#added.values()];
  }

  has(_tx: null, user: number, peer: number): boolean {
    return this.#blocked.has(keyOf(user, peer));
  }

  count(_tx: null, user: number): number {
    return this.#counts.get(user) ?? 0;
  }

  add(_tx: null, user: number, peer: number, at: number): void {
    const key = keyOf(user, peer);
    this.#blocked.add(key);
    this.#counts.set(user, this.count(null, user) + 1);
    this.#added.set(key, { user, peer, at });
  }

  remove(_tx: null, user: number, peer: number): void {
    const key = keyOf(user, peer);
    this.#blocked.delete(key);
    this.#counts.set(user, this.count(null, user) - 1);
    if (!this.#added.delete(key)) this.removed.push({ user, peer, at: 0 });
  }
}
