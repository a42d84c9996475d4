import { statfs } from 'node:fs/promises';
import type { Write } from '../storage/store.ts';

export interface Readiness {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

/** Free space below which the server says it is not ready, bytes. */
const FREE_MIN_BYTES = 1024 * 1024;

/** `/readyz`: the writer commits (so migrations are done), the helper pool reads, no damage was met, the disk has room, nobody asked us to stop. */
export const makeReadiness =
  ({
    write,
    read,
    store,
    isStopping,
    dataDir,
  }: {
    write: Write;
    /** Resolves when the helper pool has read the store. */
    read: () => Promise<unknown>;
    /** What is known of the store's file. */
    store: () => 'ok' | 'damaged';
    isStopping: () => boolean;
    dataDir: string;
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
      disk: await statfs(dataDir).then(
        ({ bavail, bsize }) => (bavail * bsize >= FREE_MIN_BYTES ? 'ok' : 'full'),
        () => 'unknown',
      ),
    };
    const { stopping, ...parts } = checks;
    return { ok: stopping === 'no' && Object.values(parts).every((part) => part === 'ok'), checks };
  };
