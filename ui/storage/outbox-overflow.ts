import { retried, UNWRITTEN, type OutboxStore, type Waiting } from '../outbox/outbox.ts';

/** An outbox whose disk may be full or missing. A message that the disk refuses stays in memory. It is still shown
 *  and sent, and is lost only if the window closes before the connection or the disk comes back. Only `read` and
 *  `writeBack` reject. */
export class OutboxOverflow implements OutboxStore {
  readonly #disk: OutboxStore;
  /** The rows that were on disk when it was last read. */
  #onDisk: readonly Waiting[] = [];
  /** By id, in the order written: new or changed rows that the disk refused; null for a row that it did not remove. */
  readonly #unwritten = new Map<string, Waiting | null>();
  #adding: Promise<unknown> = Promise.resolve();

  constructor(disk: OutboxStore) {
    this.#disk = disk;
  }

  async all(): Promise<readonly Waiting[]> {
    await this.read(this.#disk).catch(() => undefined);
    return this.#rows();
  }

  add(waiting: Omit<Waiting, 'order'>): Promise<Waiting> {
    const added = this.#adding.then(() => this.#add(waiting));
    this.#adding = added;
    return added;
  }

  async put(waiting: Waiting): Promise<void> {
    if (this.#unwritten.has(waiting.id)) {
      this.#unwritten.set(waiting.id, waiting);
      return;
    }
    const held = this.#find(waiting.id);
    // Another window removed it.
    if (held === undefined) return;
    try {
      // The row may have got another `order` on disk since.
      await this.#disk.put({ ...waiting, order: held.order });
    } catch {
      this.#unwritten.set(waiting.id, waiting);
    }
  }

  async requeue(id: string): Promise<Waiting | null> {
    const held = this.#unwritten.get(id) ?? null;
    if (held === null) {
      const row = await this.#disk.requeue(id).catch(() => undefined);
      if (row !== undefined) return row;
    }
    const before = held ?? this.#rows().find((row) => row.id === id);
    if (before === undefined) return null;
    const last = retried(before);
    this.#unwritten.delete(id);
    this.#unwritten.set(id, last);
    return last;
  }

  async remove(id: string): Promise<void> {
    this.#unwritten.delete(id);
    try {
      await this.#disk.remove(id);
      this.#onDisk = this.#onDisk.filter((row) => row.id !== id);
    } catch {
      if (this.#find(id) !== undefined) this.#unwritten.set(id, null);
    }
  }

  /** Reads the rows of a store. Rejects if it can't be read. */
  async read(store: OutboxStore): Promise<void> {
    this.#onDisk = await store.all();
  }

  /** Writes the rows that are not on disk. `dropped`: the rows on disk are gone and are written again too. Rejects if
   *  the store does not accept them. */
  async writeBack(store: OutboxStore, dropped: boolean): Promise<void> {
    const before = this.#onDisk;
    await this.read(store);
    if (dropped) {
      // These rows come first, because they were written before those that the disk refused.
      const later = [...this.#unwritten];
      this.#unwritten.clear();
      for (const row of before) if (this.#find(row.id) === undefined) this.#unwritten.set(row.id, row);
      for (const [id, row] of later) this.#unwritten.set(id, row);
    }
    await this.#flush(store);
  }

  async #add(waiting: Omit<Waiting, 'order'>): Promise<Waiting> {
    try {
      // The messages in memory were written before this one.
      await this.#flush(this.#disk);
      const row = await this.#disk.add(waiting);
      this.#onDisk = [...this.#onDisk, row];
      return row;
    } catch {
      const row = { ...waiting, order: UNWRITTEN };
      this.#unwritten.set(row.id, row);
      return row;
    }
  }

  async #flush(store: OutboxStore): Promise<void> {
    for (const [id, row] of this.#unwritten) {
      const held = this.#find(id);
      if (row === null) await store.remove(id);
      else if (held !== undefined) await store.put({ ...row, order: held.order });
      else {
        const { order: _order, ...rest } = row;
        const added = await store.add(rest);
        this.#onDisk = [...this.#onDisk, added];
      }
      if (this.#unwritten.get(id) === row) this.#unwritten.delete(id);
    }
  }

  #find(id: string): Waiting | undefined {
    return this.#onDisk.find((row) => row.id === id);
  }

  /** The rows on disk, together with those in memory. */
  #rows(): readonly Waiting[] {
    return [
      ...this.#onDisk.flatMap((row) => {
        const now = this.#unwritten.get(row.id);
        return now === undefined ? [row] : now === null ? [] : [{ ...now, order: row.order }];
      }),
      ...[...this.#unwritten.values()].filter(
        (row): row is Waiting => row !== null && this.#find(row.id) === undefined,
      ),
    ];
  }
}
