import type { Disk } from '../../ui/storage/disk.ts';
import type { Life } from './scheduler.ts';
import type { World } from './world.ts';

/** A disk whose work takes time and is done in order, as the browser's database does it; what a crash finds undone is never
 *  done. */
export const slowDisk = (disk: Disk, world: World, life: Life, onKept: (id: string) => void): Disk => {
  let last = 0;
  const later = <T>(work: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const { scheduler, random } = world;
      last = Math.max(last, scheduler.now + random.next() * (random.chance(0.1) ? 40 : 3));
      scheduler.after(
        last - scheduler.now,
        () => {
          work().then(resolve, reject);
        },
        life,
      );
    });
  const { outbox, drafts } = disk;
  return {
    condition: disk.condition,
    whenBack: (call) => {
      disk.whenBack(call);
    },
    outbox: {
      all: () => later(() => outbox.all()),
      add: (waiting) =>
        later(() => {
          onKept(waiting.id);
          return outbox.add(waiting);
        }),
      requeue: (id) => later(() => outbox.requeue(id)),
      put: (waiting) => later(() => outbox.put(waiting)),
      remove: (id) => later(() => outbox.remove(id)),
    },
    drafts: {
      all: () => later(() => drafts.all()),
      put: (draft) => later(() => drafts.put(draft)),
      edit: (conversationId, change) => later(() => drafts.edit(conversationId, change)),
    },
    files: disk.files,
    load: () => later(() => disk.load()),
    save: (model) => later(() => disk.save(model)),
    clearCache: () => later(() => disk.clearCache()),
    close: () => {
      disk.close();
    },
    destroy: () => later(() => disk.destroy()),
  };
};
