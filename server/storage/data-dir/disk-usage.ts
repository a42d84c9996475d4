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

/** Bytes that a copy leaves free: the server needs them more. */
const SPARE_BYTES = 64 * 1024 * 1024;

/** Why a copy of `bytes` cannot be made in the data directory, in a sentence for the operator; null if there is room for it.
 *  @throws the system's error when the data directory can't be looked at */
export const missingRoom = async (dataDir: string, bytes: number): Promise<string | null> => {
  const { bavail, bsize } = await statfs(dataDir);
  const free = bavail * bsize;
  const needed = bytes + SPARE_BYTES;
  if (free >= needed) return null;
  const mb = (of: number): string => `${String(Math.ceil(of / 1024 / 1024))} MB`;
  return `This first needs a copy of the database in ${dataDir}: ${mb(needed)}, and ${mb(free)} are free there.`;
};

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );
