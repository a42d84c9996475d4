import { backupRounds } from '../crash/backup-rounds.ts';
import { postgresPrograms } from '../support/postgres-server.ts';
import { type Fault, NotRun } from './fault.ts';

const proves = 'P11 R-14 every message acknowledged before a backup began is in what is restored';

const backupsOf = (name: string, store: 'sqlite' | 'postgres'): Fault => ({
  name,
  proves: store === 'sqlite' ? proves : `${proves}, on PostgreSQL`,
  small: 1,
  full: 100,
  async run(scope, options) {
    if (store === 'postgres' && postgresPrograms === null)
      throw new NotRun('PostgreSQL 15 or newer is not installed');
    const { rounds, longestStepMs, ...counts } = await backupRounds(scope, { store, ...options });
    return {
      backups: rounds,
      ...counts,
      lost: 0,
      ...(longestStepMs !== null && { 'longest step ms': Math.round(longestStepMs * 10) / 10 }),
    };
  },
});

export const backups = backupsOf('backups', 'sqlite');
export const postgresBackups = backupsOf('postgres-backups', 'postgres');
