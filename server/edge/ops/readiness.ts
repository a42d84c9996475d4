import type { Write } from '../../storage/writes.ts';
import { rfc3339 } from '../../protocol/rfc3339.ts';
import type { BackupReport } from './backup-report.ts';
import type { DiskState } from './disk-watch.ts';

export interface Readiness {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

export interface ReadinessChecks {
  readonly write: Write;
  /** Resolves when the helper pool has read the store. */
  readonly read: () => Promise<unknown>;
  /** What is known of the store's file. */
  readonly store: () => 'ok' | 'damaged';
  /** `off`: this host's clock is too far from the store's for its decisions to be trusted. */
  readonly clock: () => 'ok' | 'off';
  readonly isStopping: () => boolean;
  /** `comparing`: the others may have given this host up, and it takes nothing until it has compared [H5]; null where there are none. */
  readonly host: () => 'ok' | 'comparing' | null;
  /** Whether this host hears the others; null where there are none. Without a broker hosts are slower and lose nothing. */
  readonly broker: () => string | null;
  readonly disk: () => Promise<DiskState>;
  readonly backups: BackupReport;
}

/** `/readyz`: the writer commits (so migrations are done), the helper pool reads, no damage was met, the clock agrees with the store's, the disk has room, the other
 *  hosts count on this one, nobody asked us to stop. */
export const makeReadiness =
  ({
    write,
    read,
    store,
    clock,
    isStopping,
    host,
    broker,
    disk,
    backups,
  }: ReadinessChecks): (() => Promise<Readiness>) =>
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
      clock: clock(),
      disk: await disk(),
      backup: backupText(backups()),
    };
    const heard = broker();
    const known = host();
    // A server without a recent backup serves its users all the same.
    const { stopping, disk: free, backup: _, ...parts } = checks;
    const isOk =
      known !== 'comparing' &&
      Object.values(parts).every((part) => part === 'ok') &&
      (free === 'ok' || free === 'low');
    return {
      ok: stopping === 'no' && isOk,
      checks: {
        ...checks,
        ...(known !== null && { host: known }),
        ...(heard !== null && { broker: heard }),
      },
    };
  };

/** When the last backup that was proven restorable was made. */
const backupText = (report: ReturnType<BackupReport>): string => {
  if (report === null) return 'off';
  return report.lastProvenAt === null ? 'never' : rfc3339(report.lastProvenAt);
};
