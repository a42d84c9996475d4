import type { FaultOrder } from '../support/server-process.ts';
import { assertNothingLost, longestSilence, strike, underLoad } from './under-load.ts';
import type { Counts, Fault, FaultOptions } from './fault.ts';
import { scoped } from './scoped.ts';

const KINDS: readonly FaultOrder['fault'][] = ['throw', 'exit', 'oom', 'hang'];
/** A process gives up at the sixth death within a minute. */
const DEATHS_A_PROCESS = 5;

/** Waits by kind of death, milliseconds. */
class Waits {
  readonly #struck = new Map<string, number[]>();
  readonly #others: number[] = [];

  note(kind: string, struck: number, others: number | null): void {
    this.#struck.set(kind, [...(this.#struck.get(kind) ?? []), struck]);
    if (others !== null) this.#others.push(others);
  }

  counts(): Counts {
    const entries = [...this.#struck].map(([kind, waits]) => [
      `${kind}: median, longest wait ms`,
      told(waits),
    ]);
    if (this.#others.length > 0) entries.push(['elsewhere: median, longest wait ms', told(this.#others)]);
    return Object.fromEntries(entries) as Counts;
  }
}

const told = (waits: readonly number[]): string => {
  const sorted = [...waits].sort((a, b) => a - b);
  return `${(sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed()}, ${(sorted.at(-1) ?? 0).toFixed()}`;
};

/** `rounds` deaths, the four kinds in turn. Nothing acknowledged is lost, doubled or out of order, and the process lives.
 *  The waits are told, not judged: a busy machine's other work is not the server's. */
const deaths = (name: string, proves: string, thread: (n: number) => FaultOrder['thread']): Fault => ({
  name,
  proves,
  small: 4,
  full: 200,
  async run(_scope, { rounds, random, say }: FaultOptions): Promise<Counts> {
    const waits = new Waits();
    let [done, acked] = [0, 0];
    while (done < rounds)
      await scoped(async (scope) => {
        const load = await underLoad(scope, random.fork());
        for (let n = 0; n < DEATHS_A_PROCESS && done < rounds; n += 1) {
          const fault = KINDS[done % KINDS.length] ?? 'exit';
          const order: FaultOrder = { fault, thread: thread(done) };
          await strike(load, order);
          const ofShard = order.thread === 'writer' ? null : Number(order.thread.slice(-1));
          const struck = ofShard === null ? load.all : (load.on[ofShard] ?? []);
          const others = ofShard === null ? null : (load.on[1 - ofShard] ?? []);
          waits.note(fault, longestSilence(struck), others === null ? null : longestSilence(others));
          done += 1;
          say(`${name} ${String(done)}: ${fault}, ${longestSilence(struck).toFixed()} ms`);
        }
        await assertNothingLost(load);
        acked += load.all.reduce((sum, { acks }) => sum + acks, 0);
      });
    return { deaths: done, acked, lost: 0, ...waits.counts() };
  },
});

export const shardDeaths = deaths(
  'shard-deaths',
  'P8 R-12 a shard dies by throw, exit, out of memory, endless loop',
  (n) => (n % 8 < 4 ? 'shard:0' : 'shard:1'),
);
export const writerDeaths = deaths('writer-deaths', 'P8 R-12 the writer likewise', () => 'writer');
