import { Histogram, type HistogramData } from '../load/histogram.ts';
import { lossesIn, runLoad } from '../load/run-load.ts';
import type { LoadResult, Pace, ReceiptMode } from '../load/spec.ts';
import { spentBetween, totalOf, type ThreadCpu } from '../machine/cpu.ts';
import { readMemory } from '../machine/memory.ts';
import type { Placement } from '../machine/spawn.ts';
import { isParley, isPeer, start, type ServerTarget } from './targets.ts';
import { inFolder } from './server.ts';

/** One load, whoever bears it. */
export interface Load {
  readonly pairs: number;
  readonly pace: Pace;
  /** Of the recipients of Parley and of the prototype; the baselines know none. */
  readonly receipts: ReceiptMode;
  readonly bytes: number;
  readonly warmUpS: number;
  readonly windowS: number;
  readonly workers: number;
  /** Server and generator are tied to these CPUs; unset: to none. */
  readonly cpus?: string;
  /** Further placement of the server alone. */
  readonly server?: Placement;
  /** Of Parley. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** What one run of one server gave. Times in milliseconds. */
export interface Sample {
  /** Of the server, for each message delivered and acknowledged. */
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Lateness of the generator in an open loop, 99 %. */
  readonly lateP99: number;
  /** CPU µs a message of each thread, most first. */
  readonly threads: readonly ThreadCpu[];
  /** KiB of resident memory at the end. */
  readonly rss: number;
}

/** Something had not come when a run was over, had come twice, or in another order. */
export class LossError extends Error {
  readonly result: LoadResult;

  constructor(message: string, result: LoadResult) {
    super(message);
    this.result = result;
  }
}

export const runOnce = (who: ServerTarget, load: Load): Promise<Sample> =>
  inFolder(async (dir) => {
    const { pairs, cpus, settings, server: further = {}, ...spec } = load;
    const placement = cpus === undefined ? {} : { cpus };
    const { server, accounts } = await start(who, dir, pairs, { ...placement, ...further }, settings);
    try {
      const { host, port, pid } = server;
      const receipts = isParley(who) || who === 'floor' ? load.receipts : 'none';
      const wire = isPeer(who) ? 'xmpp' : 'envelopes';
      const result = await runLoad({ ...spec, host, port, pid, accounts, receipts, wire }, placement);
      const losses = lossesIn(result);
      if (losses.length > 0) throw new LossError(`${who} lost something: ${losses.join('; ')}`, result);
      return sampleOf(result, readMemory(pid).rss);
    } catch (error) {
      await server.stop();
      (error as Error).message += `. The last that ${who} said:\n${server.lastWords()}`;
      throw error;
    } finally {
      await server.stop();
    }
  });

const sampleOf = ({ before, after, messages, seconds, ring }: LoadResult, rss: number): Sample => {
  const threads = spentBetween(before, after).map((each) => ({ ...each, us: each.us / messages }));
  const latency = new Histogram().add(ring.latency);
  const ms = (data: HistogramData, q: number): number => new Histogram().add(data).quantile(q) / 1000;
  return {
    cpuUs: totalOf(threads),
    perSecond: messages / seconds,
    p50: ms(ring.latency, 0.5),
    p99: ms(ring.latency, 0.99),
    max: latency.max / 1000,
    lateP99: ms(ring.lateness, 0.99),
    threads,
    rss,
  };
};

export type Rounds = ReadonlyMap<ServerTarget, readonly Sample[]>;

/** Every target in turn, `rounds` times over: what changes on the machine meanwhile changes for all. Every other round goes backwards,
 *  because it can cost a few percent to come before or after another one. */
export const inTurns = async <T>(
  targets: readonly ServerTarget[],
  rounds: number,
  run: (who: ServerTarget) => Promise<T>,
): Promise<ReadonlyMap<ServerTarget, readonly T[]>> => {
  const results = new Map<ServerTarget, T[]>(targets.map((who) => [who, []]));
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? [...results] : [...results].reverse();
    for (const [who, own] of order) own.push(await run(who));
  }
  return results;
};

/** One load on each of them in turn. */
export const sideBySide = (
  targets: readonly ServerTarget[],
  load: Load,
  rounds: number,
  said: (line: string) => void = () => undefined,
): Promise<Rounds> =>
  inTurns(targets, rounds, async (who) => {
    const sample = await runOnce(who, load);
    said(
      `  ${who}: ${sample.cpuUs.toFixed(1)} µs/message, ${sample.perSecond.toFixed(0)}/s, p99 ${sample.p99.toFixed(2)} ms`,
    );
    return sample;
  });

/** One target's numbers, round by round. */
export const valuesOf = (
  rounds: Rounds,
  who: ServerTarget,
  pick: (sample: Sample) => number,
): readonly number[] => (rounds.get(who) ?? []).map(pick);

/** Ratios to another target, each within its own round. */
export const ratiosOf = (
  rounds: Rounds,
  who: ServerTarget,
  over: ServerTarget,
  pick: (sample: Sample) => number,
): readonly number[] => {
  const base = valuesOf(rounds, over, pick);
  return valuesOf(rounds, who, pick).map((value, round) => value / (base[round] ?? NaN));
};
