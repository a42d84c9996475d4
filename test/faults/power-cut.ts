import assert from 'node:assert/strict';
import type { Blow } from '../crash/blow.ts';
import { crashRounds } from '../crash/rounds.ts';
import { Ext4Disk } from './ext4-disk.ts';
import type { Fault } from './fault.ts';
import { scoped } from './scoped.ts';

const ROUNDS_A_DISK = 20;

/** The power goes under load, then the process. */
const cutting = (disk: Ext4Disk): Blow => ({
  name: 'power cut',
  async strike({ server }) {
    disk.cut();
    assert.equal((await server.kill('SIGKILL')).signal, 'SIGKILL', server.run.output);
    await disk.restore();
    return { hit: true, check: () => Promise.resolve() };
  },
});

/** The whole server, real clients and a ledger on another disk. */
export const powerCut: Fault = {
  name: 'power-cut',
  proves: 'P1 P2 P3 P4 R-2 the whole server',
  sample: 1,
  small: 2,
  full: 100,
  async run(_scope, { rounds, random, say }) {
    let [acked, stored, slowestMs] = [0, 0, 0];
    for (let left = rounds; left > 0; left -= ROUNDS_A_DISK) {
      const counts = await scoped((scope) => {
        const disk = Ext4Disk.make(scope, 96);
        return crashRounds(scope, {
          rounds: Math.min(left, ROUNDS_A_DISK),
          pairs: 2,
          killAfterMs: [50, 600],
          seed: random.between(1, 2 ** 31),
          settings: { PARLEY_SHARDS: '1' },
          dataDir: disk.path,
          blows: [cutting(disk)],
          say,
        });
      });
      acked += counts.acks;
      stored += counts.stored;
      slowestMs = Math.max(slowestMs, counts.slowestMs);
    }
    return { cuts: rounds, acked, stored, lost: 0, 'slowest start ms': slowestMs };
  },
};
