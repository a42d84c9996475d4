import { backups, postgresBackups } from './backups.ts';
import { clockJumps } from './clock-jumps.ts';
import { damagedDatabase } from './damaged-database.ts';
import { damagedWal } from './damaged-wal.ts';
import { failingDisk } from './failing-disk.ts';
import type { Fault } from './fault.ts';
import { fullDisk } from './full-disk.ts';
import { fullLog } from './full-log.ts';
import { longReader } from './long-reader.ts';
import { poison } from './poison.ts';
import { bothKills, databaseKills, parleyKills } from './postgres-kills.ts';
import { powerCut } from './power-cut.ts';
import { powerCutControl, powerCutStore } from './power-cut-store.ts';
import { shardDeaths, writerDeaths } from './thread-deaths.ts';

export const FAULTS: readonly Fault[] = [
  powerCutControl,
  powerCutStore,
  powerCut,
  damagedWal,
  fullDisk,
  fullLog,
  failingDisk,
  damagedDatabase,
  longReader,
  clockJumps,
  shardDeaths,
  writerDeaths,
  poison,
  backups,
  postgresBackups,
  parleyKills,
  databaseKills,
  bothKills,
];
