import { UNWRITTEN, type OutboxStore, type Waiting } from './outbox.ts';

export interface KeptOutbox extends OutboxStore {
  /** Rows of a store that is only read. */
  look(store: OutboxStore): Promise<void>;
  /** Writes what the disk has not taken. `dropped`: what it once had is written again too. Rejects when it does not take it. */
  restore(disk: OutboxStore, dropped: boolean): Promise<void>;
}

/** What the disk does not take, because it is full or not there, is kept in memory: it is shown and sent all the same, and only
 *  lost if the window goes before the connection or the disk comes back. Never rejects. */
export const withOverflow = (disk: OutboxStore): KeptOutbox => {
  /** The rows as the disk told them last. */
  let known: readonly Waiting[] = [];
  /** By id, in the order written: rows that the disk did not take, changed or new; null: it did not remove it. */
  const untaken = new Map<string, Waiting | null>();
  let adding: Promise<unknown> = Promise.resolve();

  const isKnown = (id: string): boolean => known.some((row) => row.id === id);
  const rows = (): readonly Waiting[] => [
    ...known.flatMap((row) => {
      const now = untaken.get(row.id);
      return now === undefined ? [row] : now === null ? [] : [{ ...now, order: row.order }];
    }),
    ...[...untaken.values()].filter((row): row is Waiting => row !== null && !isKnown(row.id)),
  ];
  const refresh = async (store: OutboxStore): Promise<void> => {
    known = await store.all();
  };
  const flush = async (store: OutboxStore): Promise<void> => {
    for (const [id, row] of untaken) {
      const held = known.find((each) => each.id === id);
      if (row === null) await store.remove(id);
      else if (held !== undefined) await store.put({ ...row, order: held.order });
      else {
        const { order: _order, ...rest } = row;
        const added = await store.add(rest);
        known = [...known, added];
      }
      if (untaken.get(id) === row) untaken.delete(id);
    }
  };

  return {
    async all() {
      await refresh(disk).catch(() => undefined);
      return rows();
    },
    add(waiting) {
      const add = async (): Promise<Waiting> => {
        try {
          // What waits in memory was written before this.
          await flush(disk);
          const row = await disk.add(waiting);
          known = [...known, row];
          return row;
        } catch {
          const row = { ...waiting, order: UNWRITTEN };
          untaken.set(row.id, row);
          return row;
        }
      };
      const added = adding.then(add);
      adding = added;
      return added;
    },
    async put(waiting) {
      if (untaken.has(waiting.id)) {
        untaken.set(waiting.id, waiting);
        return;
      }
      const held = known.find(({ id }) => id === waiting.id);
      // Another window removed it.
      if (held === undefined) return;
      try {
        // The disk may have given it another place since.
        await disk.put({ ...waiting, order: held.order });
      } catch {
        untaken.set(waiting.id, waiting);
      }
    },
    async requeue(id) {
      const held = untaken.get(id) ?? null;
      if (held === null) {
        const row = await disk.requeue(id).catch(() => undefined);
        if (row !== undefined) return row;
      }
      const before = held ?? rows().find((row) => row.id === id);
      if (before === undefined) return null;
      const last = { ...before, failure: null };
      untaken.delete(id);
      untaken.set(id, last);
      return last;
    },
    async remove(id) {
      untaken.delete(id);
      try {
        await disk.remove(id);
        known = known.filter((row) => row.id !== id);
      } catch {
        if (isKnown(id)) untaken.set(id, null);
      }
    },
    look: refresh,
    async restore(store, dropped) {
      const before = known;
      await refresh(store);
      if (dropped) {
        // First of all: they were written before what the disk did not take.
        const later = [...untaken];
        untaken.clear();
        for (const row of before) if (!isKnown(row.id)) untaken.set(row.id, row);
        for (const [id, row] of later) untaken.set(id, row);
      }
      await flush(store);
    },
  };
};
