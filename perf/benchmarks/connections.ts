import { setTimeout as sleep } from 'node:timers/promises';
import { runIdleFleet } from '../load/run-idle-fleet.ts';
import { readMemory, type Memory } from '../machine/memory.ts';
import { median } from '../report/statistics.ts';
import { TARGETS, start, type ServerTarget } from '../servers/targets.ts';
import { inFolder } from '../servers/server.ts';
import { inTurns } from '../servers/side-by-side.ts';
import type { Benchmark } from './benchmark.ts';
import { baselines, goal, NAMES } from './load-tables.ts';

const AT_ONCE = 128;
/** Time for the last writes, and until V8 has cleared away what a storm of handshakes left: it waits for a thread to be idle. */
const SETTLE_MS = 25_000;

interface Visit {
  readonly perSecond: number;
  /** KiB a connection. */
  readonly grown: Memory;
}

const visit = (who: ServerTarget, count: number): Promise<Visit> =>
  inFolder(async (dir) => {
    const { server, accounts } = await start(who, dir, count);
    try {
      await sleep(1_000);
      const empty = readMemory(server.pid);
      return await runIdleFleet(
        { host: server.host, port: server.port, accounts, atOnce: AT_ONCE },
        async ({ ms }) => {
          await sleep(SETTLE_MS);
          const full = readMemory(server.pid);
          const grown = { rss: (full.rss - empty.rss) / count, pss: (full.pss - empty.pss) / count };
          return { perSecond: (count / ms) * 1000, grown };
        },
      );
    } finally {
      await server.stop();
    }
  });

/** What a person costs who is there and says nothing, and how fast they come back after the line was cut for all. */
export const connections: Benchmark = {
  id: 'connections',
  title: 'Ten thousand connections: memory and connection rate',
  async measure({ quick, said }) {
    const count = quick ? 2_000 : 10_000;
    const visits = await inTurns(TARGETS, quick ? 1 : 3, async (who) => {
      const seen = await visit(who, count);
      said(`  ${who}: ${seen.perSecond.toFixed(0)}/s, ${seen.grown.rss.toFixed(2)} KiB RSS each`);
      return seen;
    });
    const of = (who: ServerTarget, pick: (each: Visit) => number): readonly number[] =>
      (visits.get(who) ?? []).map(pick);
    return {
      how: `${count.toLocaleString('en')} users, each with a valid token, ${AT_ONCE} handshakes at once. A connection counts once it has received \`sync\`. Memory: how much the server’s process had grown ${SETTLE_MS / 1000} s after the last connection, garbage included. Unpinned, ${quick ? 1 : 3} rounds, alternating with (a) and (b), which check no token.`,
      goals: [
        goal(
          'memory of an idle connection at 10,000, RSS',
          of('parley', ({ grown }) => grown.rss),
          'KiB',
          'at most',
          4,
          { beside: baselines((who) => of(who, ({ grown }) => grown.rss)) },
        ),
        goal(
          'connections/s with a token, 10,000 in all',
          of('parley', ({ perSecond }) => perSecond),
          '/s',
          'at least',
          5_000,
          { beside: baselines((who) => of(who, ({ perSecond }) => perSecond)) },
        ),
      ],
      tables: [
        {
          columns: ['server', 'connections/s', 'RSS KiB each', 'PSS KiB each'],
          rows: TARGETS.map((who) => [
            NAMES[who],
            Math.round(median(of(who, ({ perSecond }) => perSecond))),
            median(of(who, ({ grown }) => grown.rss)),
            median(of(who, ({ grown }) => grown.pss)),
          ]),
        },
      ],
    };
  },
};
