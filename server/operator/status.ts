import { RELEASE } from '../protocol/release.ts';
import { rfc3339 } from '../protocol/rfc3339.ts';
import type { Clock } from '../runtime/clock.ts';
import { databaseName, parseDatabaseUrl } from '../storage/postgres/connection-options.ts';
import { diskUsage } from '../storage/data-dir/disk-usage.ts';
import { hostsOf } from './inspector.ts';
import type { Operator, ServerFigures } from './operator.ts';
import type { Answer } from './requests.ts';

export const statusOf = async (operator: Operator, clock: Pick<Clock, 'now'>): Promise<Answer<'status'>> => {
  const [counts, disk] = [await operator.read('storeCounts'), await diskUsage(operator.dataDir)];
  const { removed, lastRunAt } = await operator.read('retention');
  const figures = operator.figures?.();
  return {
    version: RELEASE,
    running: figures !== undefined,
    data_dir: operator.dataDir,
    database: databaseText(operator.config.database),
    users: counts.users,
    conversations: counts.conversations,
    messages: counts.messages,
    reactions: counts.reactions,
    attachments: counts.attachments,
    attachment_bytes: counts.attachmentBytes,
    database_bytes: disk.databaseBytes + disk.walBytes,
    free_bytes: disk.freeBytes,
    uptime_ms: figures?.uptimeMs ?? null,
    connections: figures?.connections ?? null,
    threads: figures === undefined ? null : [...figures.threads],
    hosts: await hostsOf(operator, clock),
    broker: figures?.broker ?? null,
    pushes: figures?.pushes ?? null,
    last_proven_backup: figures === undefined ? null : backupText(figures),
    retention: {
      days: operator.config.retentionDays,
      removed,
      last_run: lastRunAt === null ? null : rfc3339(lastRunAt),
    },
  };
};

/** Without the password. */
const databaseText = (database: Operator['config']['database']): string => {
  if (database === null) return 'SQLite';
  const parsed = parseDatabaseUrl(database.url);
  return 'reason' in parsed ? 'PostgreSQL' : `PostgreSQL at ${databaseName(parsed.options)}`;
};

const backupText = ({ lastProvenBackupAt }: ServerFigures): string => {
  if (lastProvenBackupAt === undefined) return 'off';
  return lastProvenBackupAt === null ? 'never' : rfc3339(lastProvenBackupAt);
};
