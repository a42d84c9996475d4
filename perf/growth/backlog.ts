import type { Benchmark } from '../benchmarks/benchmark.ts';
import { makeTexts } from '../load/texts.ts';
import { IdleClient } from '../load/idle-client.ts';
import { readCpu, spentBetween, totalOf } from '../machine/cpu.ts';
import { readMemory } from '../machine/memory.ts';
import { median } from '../report/statistics.ts';
import { startParley } from '../servers/targets.ts';
import { seedAccounts, seedMessages } from '../servers/seed.ts';
import { inFolder } from '../servers/server.ts';

const SENDERS = 20;
const TIMES = 5;

interface Row {
  readonly backlog: number;
  readonly ms: number;
  readonly cpuUs: number;
  readonly grownMiB: number;
}

const look = (backlog: number): Promise<Row> =>
  inFolder(async (dir) => {
    const accounts = await seedAccounts(dir, SENDERS + 1);
    const texts = makeTexts(1_000, 200);
    seedMessages(dir, backlog, (i) => ({
      from: accounts[1 + (i % SENDERS)]!.userId,
      to: accounts[0]!.userId,
      content: texts[i % texts.length]!,
    }));
    const server = await startParley(dir);
    try {
      const { host, port, pid } = server;
      const came: number[] = [];
      const [before, empty] = [readCpu(pid), readMemory(pid).rss];
      for (let i = 0; i < TIMES; i += 1) {
        const client = new IdleClient({ host, port, token: accounts[0]!.token });
        const { ms, messages } = await client.arrived;
        client.leave();
        if (messages !== backlog) throw new Error(`${messages} of ${backlog} messages came`);
        came.push(ms);
      }
      return {
        backlog,
        ms: median(came),
        cpuUs: totalOf(spentBetween(before, readCpu(pid))) / TIMES / backlog,
        grownMiB: (readMemory(pid).rss - empty) / 1024,
      };
    } finally {
      await server.stop();
    }
  });

/** Back after a long time, on a new device. */
export const byBacklog: Benchmark = {
  id: 'growth-backlog',
  title: 'Undelivered messages at login',
  async measure({ quick, said }) {
    const rows: Row[] = [];
    for (const backlog of quick ? [1, 100, 10_000] : [1, 1_000, 100_000]) {
      const row = await look(backlog);
      said(`  ${backlog}: ${row.ms.toFixed(1)} ms, ${row.cpuUs.toFixed(1)} µs/message`);
      rows.push(row);
    }
    return {
      how: `${SENDERS} users wrote messages of 200 bytes that are not delivered yet. Their recipient connects ${TIMES} times without a cursor and acknowledges nothing. Measured from connect to \`sync\`; the number of messages is checked. Memory: growth of the server’s RSS over all ${TIMES} connections. Unpinned.`,
      goals: [],
      tables: [
        {
          columns: ['backlog', 'connect to `sync`, ms', 'CPU µs/message', 'RSS grown, MiB'],
          rows: rows.map((row) => [row.backlog, row.ms, row.cpuUs, row.grownMiB]),
        },
      ],
      plots: [
        {
          name: 'growth-backlog',
          title: 'From connect to sync by undelivered messages',
          x: 'messages',
          y: 'ms, median',
          across: 'log',
          series: [{ name: 'connect to sync', points: rows.map((row) => [row.backlog, row.ms] as const) }],
        },
      ],
    };
  },
};
