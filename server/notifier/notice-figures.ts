import type { BrokerState } from './host-notices.ts';
import type { ExchangeStats } from './notice-exchange.ts';

/** Turns the figures of the exchange, which it has as sums, into what has come since the last look. */
export class NoticeFigures {
  readonly #count: (name: string, by: number) => void;
  readonly #last = new Map<string, number>();

  constructor(count: (name: string, by: number) => void) {
    this.#count = count;
  }

  observe({ state, hosts }: BrokerState, stats: ExchangeStats): void {
    const { notifier, missed } = stats;
    this.#set('up', state === 'ok' ? 1 : 0);
    this.#set('off', state === 'off' ? 1 : 0);
    this.#set('hosts', hosts + 1);
    this.#set('published', notifier.published);
    this.#set('received', notifier.heard);
    this.#set('dropped', notifier.dropped + stats.droppedEntries);
    this.#set('repeated', stats.repeated);
    this.#set('refused', stats.refused);
    this.#set('losses', notifier.losses);
    for (const [reason, value] of Object.entries(missed)) this.#set(`missed:${reason}`, value);
  }

  #set(name: string, value: number): void {
    const by = value - (this.#last.get(name) ?? 0);
    if (by !== 0) this.#count(name, by);
    this.#last.set(name, value);
  }
}
