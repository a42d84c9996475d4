import { connections } from './connections.ts';
import { disk } from './disk.ts';
import type { Benchmark } from './benchmark.ts';
import { http } from './http.ts';
import { latency } from './latency.ts';
import { pinnedCpu, unpinned } from './message-cpu.ts';
import { missed } from './missed.ts';
import { peers } from './peers.ts';
import { readiness } from './readiness.ts';
import { search } from './search.ts';
import { slowDisk } from './slow-disk.ts';
import { startUp } from './start-up.ts';

/** What is claimed, in the order of the report. */
export const BENCHMARKS: readonly Benchmark[] = [
  pinnedCpu,
  unpinned,
  slowDisk,
  latency,
  connections,
  missed,
  readiness,
  startUp,
  disk,
  search,
  http,
  peers,
];
