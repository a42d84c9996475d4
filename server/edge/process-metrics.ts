import { version as nodeVersion } from 'node:process';
import { Counter, Gauge, type Registry } from 'prom-client';
import { RELEASE } from '../protocol/release.ts';
import type { logFigures } from '../runtime/log.ts';

export interface ProcessFigures {
  readonly log: typeof logFigures;
}

/** Figures of the process that are read when somebody asks. */
export const registerProcessMetrics = (registry: Registry, { log }: ProcessFigures): void => {
  const registers = [registry];
  new Gauge({
    name: 'parley_build_info',
    help: 'Always 1; the labels name what runs',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version: RELEASE, node: nodeVersion }, 1);
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
};
