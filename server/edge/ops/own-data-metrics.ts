import { Counter, Gauge, type Registry } from 'prom-client';

/** See `OwnDataExports`, of another folder. */
interface ExportFigures {
  readonly figures: {
    readonly running: number;
    readonly bytes: number;
    readonly ended: Readonly<Record<string, number>>;
  };
}

/** The exports of users' own data, read when the metrics are requested. */
export const registerOwnDataMetrics = (registry: Registry, exports: ExportFigures): void => {
  const registers = [registry];
  new Gauge({
    name: 'parley_open_exports',
    help: 'Exports of users’ own data that are being sent',
    registers,
    collect() {
      this.set(exports.figures.running);
    },
  });
  new Counter({
    name: 'parley_exports_total',
    help: 'Exports of users’ own data that have ended, by how; sent: to the end',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(exports.figures.ended)) this.inc({ outcome }, count);
    },
  });
  new Counter({
    name: 'parley_exported_bytes_total',
    help: 'Bytes made for exports of users’ own data',
    registers,
    collect() {
      this.reset();
      this.inc(exports.figures.bytes);
    },
  });
};
