import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { readCpu } from '../machine/cpu.ts';
import { Histogram } from './histogram.ts';
import type { LoadUser, LoadResult, LoadSpec, News, Order, RingResult, WorkerData } from './spec.ts';

/** The load generator's process: takes one spec over its channel, answers with one result. A process of its own, so that it
 *  can be tied to a CPU and has file descriptors of its own. */

interface Hand {
  readonly tell: (order: Order['order']) => void;
  readonly hear: <N extends News['news']>(news: N) => Promise<Extract<News, { news: N }>>;
  readonly done: Float64Array;
}

/** A ring needs three people: with two, both pairs would be one conversation. */
const RING_MIN = 3;

const hire = (spec: LoadSpec, index: number, accounts: readonly LoadUser[]): Hand => {
  const progress = new SharedArrayBuffer(8);
  const { accounts: _, ...rest } = spec;
  const workerData: WorkerData = { spec: rest, accounts, index, progress };
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData });
  const heard = new Map<string, News>();
  const waiting = new Map<string, (news: News) => void>();
  worker.on('message', (news: News) => {
    heard.set(news.news, news);
    waiting.get(news.news)?.(news);
  });
  worker.on('error', (error) => {
    throw error;
  });
  return {
    tell: (order) => {
      worker.postMessage({ order });
    },
    hear: (news) =>
      new Promise((resolve) => {
        const known = heard.get(news);
        if (known !== undefined) resolve(known as never);
        else waiting.set(news, resolve as (news: News) => void);
      }),
    done: new Float64Array(progress),
  };
};

const sumCounts = <K extends string>(all: readonly Readonly<Record<K, number>>[], keys: readonly K[]) =>
  Object.fromEntries(keys.map((key) => [key, all.reduce((sum, each) => sum + each[key], 0)])) as Record<
    K,
    number
  >;

const merge = (results: readonly RingResult[]): RingResult => {
  const keys = ['expected', 'missing', 'repeated', 'outOfOrder'] as const;
  const join = (pick: (result: RingResult) => RingResult['latency']) =>
    results.reduce((all, result) => all.add(pick(result)), new Histogram()).toData();
  return {
    acked: sumCounts(
      results.map(({ acked }) => acked),
      keys,
    ),
    delivered: sumCounts(
      results.map(({ delivered }) => delivered),
      keys,
    ),
    cursorGaps: results.reduce((sum, { cursorGaps }) => sum + cursorGaps, 0),
    errors: results.flatMap(({ errors }) => errors),
    latency: join(({ latency }) => latency),
    ackLatency: join(({ ackLatency }) => ackLatency),
    lateness: join(({ lateness }) => lateness),
  };
};

const run = async (spec: LoadSpec): Promise<LoadResult> => {
  const each = Math.floor(spec.accounts.length / spec.workers);
  if (each < RING_MIN) throw new Error(`a ring has at least ${RING_MIN} people`);
  const started = performance.now();
  const hands = Array.from({ length: spec.workers }, (_, i) =>
    hire(spec, i, spec.accounts.slice(i * each, (i + 1) * each)),
  );
  await Promise.all(hands.map((hand) => hand.hear('connected')));
  const connectMs = performance.now() - started;
  await Promise.all(hands.map((hand) => hand.hear('warm')));

  const order = (what: Order['order']): void => {
    for (const hand of hands) hand.tell(what);
  };
  const count = (): number => hands.reduce((sum, { done }) => sum + done[0]!, 0);
  order('start');
  await sleep(spec.warmUpS * 1000);
  order('measure');
  const [before, countBefore, from] = [readCpu(spec.pid), count(), performance.now()];
  await sleep(spec.windowS * 1000);
  const [after, countAfter, to] = [readCpu(spec.pid), count(), performance.now()];
  order('stop');
  const results = await Promise.all(hands.map((hand) => hand.hear('done')));
  return {
    connectMs,
    seconds: (to - from) / 1000,
    messages: countAfter - countBefore,
    before,
    after,
    ring: merge(results.map(({ result }) => result)),
  };
};

process.once('message', (spec: LoadSpec) => {
  void run(spec).then((result) => {
    process.send?.(result, () => process.exit(0));
  });
});
