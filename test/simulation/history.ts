import { RandomSource } from '../support/random-source.ts';
import { actSomehow } from './actions.ts';
import type { Bug } from './bugs.ts';
import { checkDevices, isAtRest } from './check-devices.ts';
import { checkServer } from './check-server.ts';
import { calm, failSomehow, pressRetry } from './mishaps.ts';
import { restoreInBetween } from './restore.ts';
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
/** Everybody connected, and no commit: time for what follows by itself, such as receipts, and presence after its grace. */
const AFTERGLOW_MS = 7_500;

export interface HistoryOptions {
  readonly bug?: Bug | null;
  readonly keep?: boolean;
  /** The server is put back to a copy of itself in between. */
  readonly restore?: boolean;
  /** SQLite if none is given. */
  readonly store?: SimStore;
}

let sqlite: SqliteSimStore | undefined;

/** One history, from its seed alone. */
export const runHistory = async (
  seed: number,
  {
    bug = null,
    keep = false,
    restore = false,
    store = (sqlite ??= new SqliteSimStore()),
  }: HistoryOptions = {},
): Promise<Outcome> => {
  const world = new World(seed >>> 0, store, { bug, keep });
  const { scheduler, random, plan } = world;
  world.populate();
  world.startServer();
  for (const device of world.devices)
    scheduler.after(
      random.next() * 200,
      () => {
        device.start();
      },
      world.life,
    );
  for (let n = 0; n < plan.actions; n += 1)
    scheduler.after(
      random.next() * plan.spanMs,
      () => {
        actSomehow(world);
      },
      world.life,
    );
  for (let n = 0; n < plan.faults; n += 1)
    scheduler.after(
      random.next() * plan.spanMs,
      () => {
        failSomehow(world);
      },
      world.life,
    );
  // Its chances are its own, so that a seed is the same history up to there.
  const spanMs = restore ? restoreInBetween(world, new RandomSource(~seed)) : plan.spanMs;
  const unbroken = (): boolean => world.violations.length === 0;
  await scheduler.run(spanMs, unbroken);
  calm(world);
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
