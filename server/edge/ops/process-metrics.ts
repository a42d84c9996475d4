import { version as nodeVersion } from 'node:process';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { BackupReport } from './backup-report.ts';
import type { RetentionReport } from './retention-report.ts';
import type { DiskWatch, DiskFigures } from './disk-watch.ts';
import { RELEASE } from '../../protocol/release.ts';
import type { logFigures } from '../../runtime/log/log.ts';

export interface ProcessFigures {
  readonly log: typeof logFigures;
  readonly disk: Pick<DiskWatch, 'look' | 'figures'>;
  readonly backups: BackupReport;
  readonly retention: RetentionReport;
  /** Of this host, for operators. */
  readonly hostName: string;
}

/** Figures of the process, read when the metrics are requested. */
export const registerProcessMetrics = (
  registry: Registry,
  { log, disk, backups, retention, hostName }: ProcessFigures,
): void => {
  const registers = [registry];
  registerBackupMetrics(registers, backups);
  registerRetentionMetrics(registers, retention);
  new Gauge({
    name: 'parley_build_info',
    help: 'Always 1; the labels name what runs',
    labelNames: ['version', 'node', 'host'],
    registers,
  }).set({ version: RELEASE, node: nodeVersion, host: hostName }, 1);
  let told = 0;
  new Counter({
    name: 'parley_log_lines_dropped_total',
    help: 'Log lines dropped because nobody read stdout',
    registers,
    collect() {
      const { dropped } = log();
      this.inc(dropped - told);
      told = dropped;
    },
  });
  new Gauge({
    name: 'parley_log_waiting_bytes',
    help: 'Log lines that wait for whoever reads stdout',
    registers,
    collect() {
      this.set(log().waitingBytes);
    },
  });
  for (const [figure, { name, help }] of Object.entries(DISK)) {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        await disk.look();
        if (disk.figures !== null) this.set(disk.figures[figure as keyof DiskFigures]);
      },
    });
  }
};

const registerBackupMetrics = (registers: Registry[], backups: BackupReport): void => {
  new Gauge({
    name: 'parley_backup_last_proven_timestamp_seconds',
    help: 'When the last backup that was proven restorable was made; 0 where there is none',
    registers,
    collect() {
      this.set((backups()?.lastProvenAt ?? 0) / 1000);
    },
  });
  let told = 0;
  new Counter({
    name: 'parley_backup_failures_total',
    help: 'Scheduled backups that could not be made or not be proven',
    registers,
    collect() {
      const failures = backups()?.failures ?? 0;
      this.inc(failures - told);
      told = failures;
    },
  });
};

const registerRetentionMetrics = (registers: Registry[], retention: RetentionReport): void => {
  new Gauge({
    name: 'parley_retention_removed_messages',
    help: 'Messages that retention has removed from the store, as of the last look at it; 0 where messages are kept for ever',
    registers,
    collect() {
      this.set(retention()?.removed ?? 0);
    },
  });
  new Gauge({
    name: 'parley_retention_last_run_timestamp_seconds',
    help: 'When the last run of retention on this store ended; 0 where there was none',
    registers,
    collect() {
      this.set((retention()?.lastRunAt ?? 0) / 1000);
    },
  });
  let told = 0;
  new Counter({
    name: 'parley_retention_failures_total',
    help: 'Daily runs of retention that failed',
    registers,
    collect() {
      const failures = retention()?.failures ?? 0;
      this.inc(failures - told);
      told = failures;
    },
  });
};

const DISK: Readonly<Record<keyof DiskFigures, { readonly name: string; readonly help: string }>> = {
  freeBytes: { name: 'parley_disk_free_bytes', help: 'Free bytes on the disk of the data directory' },
  totalBytes: { name: 'parley_disk_bytes', help: 'Size of the disk of the data directory' },
  databaseBytes: { name: 'parley_database_bytes', help: 'Size of the database file' },
  walBytes: { name: 'parley_database_wal_bytes', help: 'Size of the write-ahead log beside the database' },
};
