import type { Write } from '../storage/store.ts';
import type { DiskState } from './disk-watch.ts';

export interface Readiness {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

/** `/readyz`: the writer commits (so migrations are done), the helper pool reads, no damage was met, the disk has room, nobody asked
 *  us to stop. */
export const makeReadiness =
  ({
    write,
    read,
    store,
    isStopping,
    disk,
  }: {
    write: Write;
    /** Resolves when the helper pool has read the store. */
    read: () => Promise<unknown>;
    /** What is known of the store's file. */
    store: () => 'ok' | 'damaged';
    isStopping: () => boolean;
    disk: () => Promise<DiskState>;
  }): (() => Promise<Readiness>) =>
  async () => {
    const checks = {
      stopping: isStopping() ? 'yes' : 'no',
      writer: await write('probe', {}).then(
        () => 'ok',
        () => 'no answer',
      ),
      reader: await read().then(
        () => 'ok',
        () => 'no answer',
      ),
      store: store(),
      disk: await disk(),
    };
    const { stopping, disk: free, ...parts } = checks;
    const isOk = Object.values(parts).every((part) => part === 'ok') && (free === 'ok' || free === 'low');
    return { ok: stopping === 'no' && isOk, checks };
  };
