import { memoryOutbox } from './disk-memory.ts';
import type { OutboxStore } from './outbox.ts';

/** What the disk does not take, because it is full or the browser closed it, waits in memory behind what it took: it
 *  is sent all the same, and only lost if the window goes before the connection comes. */
export const withOverflow = (disk: OutboxStore): OutboxStore => {
  const memory = memoryOutbox();
  const overflowed = async (id: string): Promise<boolean> =>
    (await memory.all()).some((waiting) => waiting.id === id);
  return {
    all: async () => [...(await disk.all().catch(() => [])), ...(await memory.all())],
    add: (waiting) => disk.add(waiting).catch(() => memory.add(waiting)),
    put: async (waiting) => ((await overflowed(waiting.id)) ? memory : disk).put(waiting),
    requeue: async (id) => ((await overflowed(id)) ? memory : disk).requeue(id),
    remove: async (id) => ((await overflowed(id)) ? memory : disk).remove(id),
  };
};
