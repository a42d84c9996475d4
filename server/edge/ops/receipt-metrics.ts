import { Gauge, type Registry } from 'prom-client';
import type { ReceiptGatherer } from '../../actors/connection/receipt-gatherer.ts';

/** The receipts that wait for each other, read when the metrics are requested. */
export const registerReceiptMetrics = (
  registry: Registry,
  receipts: Pick<ReceiptGatherer, 'waiting'>,
): void => {
  new Gauge({
    name: 'parley_waiting_receipts',
    help: 'Receipts that wait some milliseconds to be stored together',
    registers: [registry],
    collect() {
      this.set(receipts.waiting);
    },
  });
};
