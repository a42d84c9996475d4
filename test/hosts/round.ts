import { pause } from '../support/deadline.ts';
import type { Scope } from '../support/temp-dir.ts';
import { checkAnswers } from './check-answers.ts';
import { checkStored } from './check-stored.ts';
import type { Blow, Fault } from './fault.ts';
import { Revocation } from './revocation.ts';
import type { Scene } from './scene.ts';

const BEFORE_MS = [100, 700] as const;
/** How soon every host must be ready and everybody answered once nothing is wrong any more. What was repeated by the network waits
 *  as long again as a line was cut, and a frozen machine has a lot to catch up with. */
const READY_MS = 15_000;
const SETTLED_MS = 25_000;
const REVOKED = 0.5;
const REVOKED_AFTER_MS = [0, 2_500] as const;

export interface RoundResult {
  /** From the end of the fault until all hosts were ready, and until everybody was answered. */
  readonly readyMs: number;
  readonly settledMs: number;
}

/** People write to each other, something goes wrong, it is over, and what came of it is held against what was promised. */
export const playRound = async (
  scope: Scope,
  scene: Scene,
  faults: readonly Fault[],
  notes: string[],
): Promise<RoundResult> => {
  const { cluster, load, observations, random, slowness } = scene;
  load.feed();
  const revocation = random.chance(REVOKED)
    ? await Revocation.prepare(scope, load, cluster.hosts, observations, random)
    : null;
  if (revocation !== null) notes.push('a session is ended meanwhile');
  await pause(random.between(...BEFORE_MS));
  await Promise.all([
    strikeAll(scene, faults, notes),
    revocation?.revoke(random.between(...REVOKED_AFTER_MS)),
  ]);
  await cluster.network.healAll();
  const since = performance.now();
  const readyWithinMs = READY_MS + slowness.allowanceMs;
  await Promise.all(cluster.hosts.map((host) => host.untilReady(readyWithinMs))).catch((error: unknown) => {
    observations.violate(`not ready in time after the fault: ${String(error)}`);
  });
  const readyMs = performance.now() - since;
  await load.settle(SETTLED_MS + slowness.allowanceMs).catch((error: unknown) => {
    observations.violate(String(error));
  });
  const settledMs = performance.now() - since;
  await scene.tamper?.(cluster.database.url);
  const stored = await checkStored(scene);
  await Promise.all([checkAnswers(scene, stored), revocation?.check(slowness.allowanceMs)]);
  return { readyMs, settledMs };
};

/** Each at a host of its own, where it is about one. */
const strikeAll = async (scene: Scene, faults: readonly Fault[], notes: string[]): Promise<void> => {
  const { cluster, random } = scene;
  const first = random.between(0, cluster.hosts.length - 1);
  const at = (i: number): Blow['host'] => {
    const host = cluster.hosts[(first + i) % cluster.hosts.length];
    if (host === undefined) throw new Error('there is no host');
    return host;
  };
  await Promise.all(
    faults.map((fault, i) =>
      fault.strike({
        scene,
        random: random.fork(),
        host: at(i),
        other: at(i + 1),
        isAlone: faults.length === 1,
        note: (what) => notes.push(what),
      }),
    ),
  );
};
