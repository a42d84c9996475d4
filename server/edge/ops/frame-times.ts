import { Histogram, type MetricObjectWithValues, type MetricValueWithName, type Registry } from 'prom-client';
import type { ClientFrameType } from '../../protocol/client-frames.ts';
import type { Clock } from '../../runtime/clock.ts';
import { SlidingTally } from '../../runtime/sliding-tally.ts';
import { Tally } from '../../runtime/tally.ts';

/** What one type of client frame cost in the last minute, in milliseconds from its arrival to its answer, or to the end of its handling
 *  where it has none. */
export interface FrameFigure {
  readonly type: string;
  readonly per_second: number;
  readonly count: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
}

class TimesOfType {
  readonly recent: SlidingTally;
  readonly all = new Tally();
  sumUs = 0;

  constructor(now: number) {
    this.recent = new SlidingTally(now);
  }
}

/** The times of client frames, by type. Recording one costs some nanoseconds. */
export class FrameTimes {
  readonly #byType = new Map<ClientFrameType, TimesOfType>();
  readonly #clock: Clock;

  constructor(clock: Clock, registers: Registry[]) {
    this.#clock = clock;
    new FrameSeconds(this.#byType, registers);
  }

  /** `arrivedAt`: of the monotonic clock. */
  readonly observe = (type: ClientFrameType, arrivedAt: number): void => {
    const now = this.#clock.monotonic();
    const us = (now - arrivedAt) * 1000;
    let times = this.#byType.get(type);
    if (times === undefined) {
      times = new TimesOfType(now);
      this.#byType.set(type, times);
    }
    times.recent.record(us, now);
    times.all.record(us);
    times.sumUs += us;
  };

  /** Those that came in the last minute, the most frequent first. */
  list(): readonly FrameFigure[] {
    const now = this.#clock.monotonic();
    return [...this.#byType]
      .flatMap(([type, { recent }]): FrameFigure[] => {
        const { tally, seconds } = recent.look(now);
        if (tally.count === 0) return [];
        const ms = (share: number): number => tally.percentile(share) / 1000;
        return [
          {
            type,
            // In the first second a rate says nothing.
            per_second: tally.count / Math.max(1, seconds),
            count: tally.count,
            ...{ p50_ms: ms(0.5), p99_ms: ms(0.99), max_ms: tally.max / 1000 },
          },
        ];
      })
      .sort((a, b) => b.count - a.count);
  }
}

/** Powers of two in microseconds, from 64 µs to 8 s: where the tallies have bounds too. */
const BOUNDS_US = Array.from({ length: 18 }, (_, i) => 2 ** (i + 6));
const NAME = 'parley_frame_seconds';
const HELP =
  'From the arrival of a client frame to its answer, or to the end of its handling where it has none';

/** The same since the start, for the metrics. Made from the tallies when it is asked for: a histogram of prom-client takes a microsecond for
 *  each value. */
class FrameSeconds extends Histogram<'type'> {
  readonly #byType: ReadonlyMap<string, TimesOfType>;

  constructor(byType: ReadonlyMap<string, TimesOfType>, registers: Registry[]) {
    super({
      name: NAME,
      help: HELP,
      labelNames: ['type'],
      registers,
    });
    this.#byType = byType;
  }

  override get(): Promise<MetricObjectWithValues<MetricValueWithName<'type'>>> {
    const values = [...this.#byType].flatMap(([type, { all, sumUs }]) => valuesOf(type, all, sumUs));
    // The declared type of `type` is an enumeration that prom-client does not have at run time.
    const metric = { name: NAME, help: HELP, type: 'histogram', aggregator: 'sum', values };
    return Promise.resolve(metric as unknown as MetricObjectWithValues<MetricValueWithName<'type'>>);
  }

  /** What the registry calls instead of `get`. */
  getForPromString(): ReturnType<FrameSeconds['get']> {
    return this.get();
  }
}

const valuesOf = (type: string, all: Tally, sumUs: number): MetricValueWithName<'type'>[] => {
  const value = (metricName: string, at: number, le?: number | string): MetricValueWithName<'type'> => ({
    metricName: `${NAME}_${metricName}`,
    value: at,
    labels: { ...(le !== undefined && { le }), type },
  });
  return [
    ...BOUNDS_US.map((us) => value('bucket', all.below(us), us / 1e6)),
    value('bucket', all.count, '+Inf'),
    value('sum', sumUs / 1e6),
    value('count', all.count),
  ];
};
