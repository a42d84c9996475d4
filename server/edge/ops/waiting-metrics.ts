import { Gauge, type Registry } from 'prom-client';

interface Queue {
  /** How many wait in it. */
  readonly waiting: number;
}

/** The queues of the main thread, read when the metrics are requested. */
export const registerWaitingMetrics = (
  registry: Registry,
  { receipts, rosters, openingTurns }: Readonly<Record<'receipts' | 'rosters' | 'openingTurns', Queue>>,
): void => {
  const register = (name: string, help: string, queue: Queue): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(queue.waiting);
      },
    });
  };
  register(
    'parley_waiting_receipts',
    'Users, each with one conversation, whose receipts are not stored yet',
    receipts,
  );
  register('parley_waiting_rosters', 'Users whose connections have yet to be registered again', rosters);
  register(
    'parley_waiting_connections',
    'Connections that have not read their position in the store yet',
    openingTurns,
  );
};
