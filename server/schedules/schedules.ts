import { storeAccess } from '../actors/services/store-access.ts';
import { BackupSchedule } from '../backup/backup-schedule.ts';
import { runCommand } from '../backup/run-command.ts';
import type { Config } from '../config/config.ts';
import type { RetentionDeps } from '../retention/run-retention.ts';
import { RetentionSchedule } from '../retention/retention-schedule.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Host } from '../runtime/host.ts';
import type { Ids } from '../runtime/ids.ts';
import type { Logger } from '../runtime/log/log.ts';

interface SchedulesDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly host: Host;
  readonly attachments: RetentionDeps['attachments'];
  /** The operator's program. */
  readonly program: string;
}

/** What a server does by the clock, as far as it is set to: backups, and the removal of old messages. */
export class Schedules {
  readonly backups: BackupSchedule | null;
  readonly retention: RetentionSchedule | null;

  constructor({ config, clock, ids, log, host, attachments, program }: SchedulesDeps) {
    const { backups, retentionDays: days, dataDir } = config;
    // Their commands ask this server through its socket, like an operator's.
    const run = (args: readonly string[]) => runCommand(program, args);
    this.backups = backups === null ? null : new BackupSchedule({ ...backups, clock, log, run });
    this.retention =
      days === 0
        ? null
        : new RetentionSchedule({ days, dataDir, attachments, clock, ids, log, ...storeAccess(host) });
  }

  start(): void {
    this.backups?.start();
    this.retention?.start();
  }

  stop(): void {
    this.backups?.stop();
    this.retention?.stop();
  }
}
