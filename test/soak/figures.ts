import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { figureOf } from '../support/metrics.ts';
import type { ServerProcess } from '../support/server-process.ts';

export interface Sample {
  /** Hours since the start. */
  readonly h: number;
  readonly rssMiB: number;
  readonly walMiB: number;
  /** Open files and sockets of the process; 0 where /proc is not. */
  readonly handles: number;
  readonly actors: number;
}

const MIB = 1024 * 1024;
const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
const handlesOf = (pid: number): number => {
  try {
    return readdirSync(`/proc/${String(pid)}/fd`).length;
  } catch {
    return 0;
  }
};

export const sampleOf = async (server: ServerProcess, metrics: string, h: number): Promise<Sample> => ({
  h,
  rssMiB: (await figureOf(metrics, 'parley_resident_memory_bytes')) / MIB,
  walMiB: sizeOf(join(server.dataDir, 'parley.db-wal')) / MIB,
  handles: handlesOf(server.run.pid),
  actors: await figureOf(metrics, 'parley_actors{thread="shard:0"}'),
});

/** Least squares: how much a figure rises in an hour. */
export const slopePerHour = (points: readonly (readonly [h: number, value: number])[]): number => {
  const n = points.length;
  const mean = (of: 0 | 1): number => points.reduce((sum, point) => sum + point[of], 0) / n;
  const [h, v] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, [x, y]) => sum + (x - h) * (y - v), 0);
  return covariance / points.reduce((sum, [x]) => sum + (x - h) ** 2, 0);
};
