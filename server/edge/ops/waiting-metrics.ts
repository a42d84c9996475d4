import { Gauge, type Registry } from 'prom-client';

/** Counts what waits in some queue of the main thread. */
interface Waits {
  readonly waiting: number;
}

/** The queues of the main thread, read when the metrics are requested. */
export const registerWaitingMetrics = (registry: Registry, receipts: Waits, rosters: Waits): void => {
  const register = (name: string, help: string, queue: Waits): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(queue.waiting);
      },
    });
  };
  register('parley_waiting_receipts', 'Receipts that wait some milliseconds to be stored together', receipts);
  register('parley_waiting_rosters', 'Users whose connections have yet to be registered again', rosters);
};
