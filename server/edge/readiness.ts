import type { Write } from '../storage/store.ts';
import type { DiskState } from './disk-watch.ts';

export interface Readiness {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

/** `/readyz`: the writer commits (so migrations are done), the disk has room, nobody asked us to stop. */
export const makeReadiness =
  ({
    write,
    isStopping,
    disk,
  }: {
    write: Write;
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
      disk: await disk(),
    };
    const diskServes = checks.disk === 'ok' || checks.disk === 'low';
    return { ok: checks.stopping === 'no' && checks.writer === 'ok' && diskServes, checks };
  };
