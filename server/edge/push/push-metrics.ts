import { Counter, Gauge, type Registry } from 'prom-client';
import { PUSH_OUTCOMES } from './push-figures.ts';
import type { PushNotifier } from './push-notifier.ts';

/** Figures of pushes, read when the metrics are requested. */
export const registerPushMetrics = (
  registry: Registry,
  notifier: Pick<PushNotifier, 'figures' | 'waiting'>,
): void => {
  const registers = [registry];
  new Counter({
    name: 'parley_pushes_total',
    help: 'Pushes to devices, by what became of them',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset();
      for (const outcome of PUSH_OUTCOMES) this.inc({ outcome }, notifier.figures.outcomes[outcome]);
    },
  });
  new Counter({
    name: 'parley_push_retries_total',
    help: 'Attempts of pushes that are made again',
    registers,
    collect() {
      this.reset();
      this.inc(notifier.figures.retries);
    },
  });
  new Gauge({
    name: 'parley_waiting_pushes',
    help: 'Pushes that wait to be sent',
    registers,
    collect() {
      this.set(notifier.waiting);
    },
  });
};
