// The client loads it when it needs it: how long that takes is nothing that a seed decides.
import '../../ui/sync/list-over-http.ts';
import { RandomSource } from '../support/random-source.ts';
import { actSomehow } from './actions.ts';
import type { Bug } from './bugs.ts';
import { checkDevices, isAtRest } from './check-devices.ts';
import { checkServer } from './check-server.ts';
import { failAtSomeHost } from './host-mishaps.ts';
import { calm, failSomehow, pressRetry } from './mishaps.ts';
import { restoreInBetween } from './restore.ts';
import { reconnectAll, retainInBetween } from './retention.ts';
import { SqliteSimStore, type SimStore } from './store.ts';
import { World, type Violation } from './world.ts';

export interface Outcome {
  readonly seed: number;
  readonly digest: string;
  readonly violations: readonly Violation[];
  readonly steps: number;
  readonly lines: readonly string[];
  readonly messages: number;
}

/** Longest time to come to rest once nothing fails any more: two heartbeats and the longest wait of a client. */
const REST_WITHIN_MS = 100_000;
/** The chances of retention are its own, like those of a restore. */
const RETENTION_SEED = 0x5bd1_e995;
/** Everybody connected, and no commit: time for what follows by itself, such as receipts, and presence after its grace. */
const AFTERGLOW_MS = 7_500;

export interface HistoryOptions {
  readonly bug?: Bug | null;
  readonly keep?: boolean;
  /** The server is put back to a copy of itself in between. */
  readonly restore?: boolean;
  /** Retention removes old messages in between. Its history is alone in its store: with SQLite what goes first is the oldest of all. */
  readonly retention?: boolean;
  /** One to three hosts share the store; without, one has it for itself. */
  readonly hosts?: boolean;
  /** SQLite if none is given. */
  readonly store?: SimStore;
}

let sqlite: SqliteSimStore | undefined;
let retaining: SqliteSimStore | undefined;

/** An empty one. */
const storeForRetention = (): SqliteSimStore => {
  retaining ??= new SqliteSimStore();
  retaining.close();
  return retaining;
};

/** What people do, and what fails, in the order in which the seed draws the moments. */
const beginActions = (world: World): void => {
  const { plan, random, scheduler } = world;
  const sometime = (count: number, run: () => void): void => {
    for (let n = 0; n < count; n += 1) scheduler.after(random.next() * plan.spanMs, run, world.life);
  };
  for (const device of world.devices)
    scheduler.after(
      random.next() * 200,
      () => {
        device.start();
      },
      world.life,
    );
  sometime(plan.actions, () => {
    actSomehow(world);
  });
  sometime(plan.faults, () => {
    failSomehow(world);
  });
  if (plan.cluster === null) return;
  sometime(plan.cluster.faults, () => {
    failAtSomeHost(world);
  });
  const guessAt = random.next() * plan.spanMs;
  for (let n = 0; n < plan.cluster.guesses; n += 1)
    scheduler.after(
      guessAt + random.next() * 2_000,
      () => {
        world.guesses.begin();
      },
      world.life,
    );
};

/** One history, from its seed alone. */
export const runHistory = async (
  seed: number,
  {
    bug = null,
    keep = false,
    restore = false,
    retention = false,
    hosts = false,
    store = retention ? storeForRetention() : (sqlite ??= new SqliteSimStore()),
  }: HistoryOptions = {},
): Promise<Outcome> => {
  const world = new World(seed >>> 0, store, { bug, keep, hosts });
  const { scheduler, plan } = world;
  world.populate();
  world.startHosts();
  beginActions(world);
  // Its chances are its own, so that a seed is the same history up to there.
  const spanMs = restore ? restoreInBetween(world, new RandomSource(~seed)) : plan.spanMs;
  if (retention) retainInBetween(world, new RandomSource(seed ^ RETENTION_SEED));
  const unbroken = (): boolean => world.violations.length === 0;
  await scheduler.run(spanMs, unbroken);
  calm(world);
  if (retention) reconnectAll(world);
  const end = scheduler.now + REST_WITHIN_MS;
  let stirredAt = scheduler.now;
  const isStill = (): boolean => {
    if (!isAtRest(world)) stirredAt = scheduler.now;
    return scheduler.now - Math.max(stirredAt, world.lastCommit) > AFTERGLOW_MS;
  };
  while (unbroken() && scheduler.now < end && !isStill()) {
    pressRetry(world);
    await scheduler.run(scheduler.now + 500, unbroken);
  }
  if (unbroken()) {
    checkServer(world);
    checkDevices(world);
  }
  world.end();
  return {
    seed: world.seed,
    digest: world.trace.digest(),
    violations: world.violations,
    steps: scheduler.steps,
    lines: world.trace.lines,
    messages: world.ledger.messages.size,
  };
};
