import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { DATABASE_FILE } from '../sqlite/open.ts';

/** Bytes of the file system that holds the data directory, and of the database in it. `freeBytes`: what this account may
 *  still use. */
export interface DiskUsage {
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly databaseBytes: number;
  /** Of the write-ahead log beside the database; 0 where there is none. */
  readonly walBytes: number;
}

/** @throws the system's error when the data directory can't be looked at */
export const diskUsage = async (dataDir: string): Promise<DiskUsage> => {
  const database = join(dataDir, DATABASE_FILE);
  // One after the other: on a disk that hangs, each call blocks one of the four threads of libuv's pool.
  const disk = await statfs(dataDir);
  const databaseBytes = await sizeOf(database);
  const walBytes = await sizeOf(`${database}-wal`);
  return {
    freeBytes: disk.bavail * disk.bsize,
    totalBytes: disk.blocks * disk.bsize,
    databaseBytes,
    walBytes,
  };
};

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );
