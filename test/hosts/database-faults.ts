import { pause } from '../support/deadline.ts';
import { seconds, type Fault } from './fault.ts';

const AWAY_MS = [0, 1_500] as const;
const FROZEN_MS = [300, 4_000] as const;
const CUT_MS = [500, 4_000] as const;
const BEHIND_MS = [100, 700] as const;

const restartDatabase: Fault = {
  name: 'restart-database',
  part: 'database',
  async strike({ scene, random, note }) {
    const { primary } = scene.cluster.database;
    const ms = random.between(...AWAY_MS);
    const isCrash = random.chance(0.5);
    note(`the primary ${isCrash ? 'killed' : 'stopped at once'}, away for ${seconds(ms)}`);
    if (isCrash) await primary.crash();
    else await primary.stop();
    await pause(ms);
    await primary.start();
  },
};

const freezeDatabase: Fault = {
  name: 'freeze-database',
  part: 'database',
  async strike({ scene, random, note }) {
    const { primary } = scene.cluster.database;
    const ms = random.between(...FROZEN_MS);
    note(`the primary frozen for ${seconds(ms)}`);
    primary.freeze();
    await pause(ms);
    primary.thaw();
  },
};

/** Commits wait for a standby that does not answer. Nobody may be told of them before it does. */
const cutStandby: Fault = {
  name: 'cut-standby',
  part: 'database',
  async strike({ scene, random, note }) {
    const { network, database } = scene.cluster;
    const ms = random.between(...CUT_MS);
    note(`the standby cut off from the primary for ${seconds(ms)}`);
    const [primary, standby] = [database.primaryMachine.name, database.standbyMachine.name];
    await network.cutBoth(primary, standby);
    await pause(ms);
    await network.healBoth(primary, standby);
  },
};

/** The primary is lost, sometimes while its standby is behind it, and the standby takes its place. */
const failover: Fault = {
  name: 'failover',
  part: 'database',
  async strike({ scene, random, note }) {
    const { network, database } = scene.cluster;
    const [primary, standby] = [database.primaryMachine.name, database.standbyMachine.name];
    const isBehind = random.chance(0.5);
    const isAlone = random.chance(0.5);
    note(
      `failover from ${primary} to ${standby}${isBehind ? ', which was cut off before' : ''}${isAlone ? '' : '; commits wait for the new standby'}`,
    );
    if (isBehind) {
      await network.cutBoth(primary, standby);
      await pause(random.between(...BEHIND_MS));
    }
    await database.primary.crash();
    await network.healBoth(primary, standby);
    await pause(random.between(...AWAY_MS));
    const free = await database.promote(isAlone);
    await database.addStandby(free);
    await database.waitForStandby();
  },
};

export const DATABASE_FAULTS: readonly Fault[] = [restartDatabase, freezeDatabase, cutStandby, failover];
