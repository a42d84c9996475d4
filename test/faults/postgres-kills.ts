import { postgresRounds, type Struck } from '../crash/postgres-rounds.ts';
import { postgresPrograms } from '../support/postgres-server.ts';
import { type Fault, NotRun } from './fault.ts';
import { scoped } from './scoped.ts';

/** A server on PostgreSQL, real clients, and a ledger of what they were promised. A database serves this many rounds. */
const ROUNDS_A_DATABASE = 50;

const kills = (struck: Struck, proves: string, full: number): Fault => ({
  name: `postgres-${struck}-kills`,
  proves,
  sample: 1,
  small: 2,
  full,
  async run(_scope, { rounds, random, say }) {
    if (postgresPrograms === null) throw new NotRun('PostgreSQL 15 or newer is not installed');
    let [acked, stored, slowestMs] = [0, 0, 0];
    for (let left = rounds; left > 0; left -= ROUNDS_A_DATABASE) {
      const counts = await scoped((scope) =>
        postgresRounds(scope, {
          struck,
          rounds: Math.min(left, ROUNDS_A_DATABASE),
          random: random.fork(),
          say,
        }),
      );
      acked += counts.acked;
      stored += counts.stored;
      slowestMs = Math.max(slowestMs, counts.slowestMs);
    }
    return {
      kills: rounds,
      acked,
      stored,
      lost: 0,
      doubled: 0,
      reordered: 0,
      'slowest recovery ms': slowestMs,
    };
  },
});

export const parleyKills = kills('parley', 'P1 P2 P3 P4 R-15 kill -9 of Parley on PostgreSQL', 200);
export const databaseKills = kills(
  'database',
  'P1 P2 P3 P4 R-16 kill -9 and immediate stop of PostgreSQL',
  100,
);
export const bothKills = kills('both', 'P1 P2 P3 P4 R-17 kill -9 of Parley and PostgreSQL together', 50);
