import { Histogram } from '../load/histogram.ts';
import { lossesIn, runLoad } from '../load/run-load.ts';
import type { Pace } from '../load/spec.ts';
import { cpuUs, withHosts } from './hosts.ts';
import type { PostgresHost } from './postgres.ts';

export const PAIRS = 120;

export interface HostsLoad {
  readonly database: PostgresHost;
  /** 0: one host with SQLite. */
  readonly count: number;
  readonly broker: string;
  readonly pace: Pace;
  /** So many users, one after the other in the ring of pairs, are at the same host. */
  readonly together: number;
  readonly windowS: number;
}

/** What one run gave. CPU in microseconds for each message, latency in milliseconds. */
export interface HostsSample {
  readonly perSecond: number;
  readonly parleyUs: number;
  readonly databaseUs: number;
  readonly p50: number;
  readonly p99: number;
}

/** One load on new hosts with a new database. Rejects if a message was lost, came twice or in another order. */
export const loadHosts = ({ database, count, broker, ...load }: HostsLoad): Promise<HostsSample> =>
  withHosts({ database, count, users: PAIRS, broker }, async ({ servers, accounts }) => {
    const [first, ...others] = servers;
    if (first === undefined) throw new Error('no host');
    const [cpu, databaseCpu] = [cpuUs(servers), database.cpuUs()];
    const result = await runLoad({
      ...{ host: first.host, port: first.port, morePorts: others.map(({ port }) => port), pid: first.pid },
      ...load,
      ...{ accounts, wire: 'envelopes', receipts: 'gathered', bytes: 200, workers: 1, warmUpS: 3 },
    });
    const losses = lossesIn(result);
    if (losses.length > 0) throw new Error(`${String(count)} hosts lost something: ${losses.join('; ')}`);
    const latency = new Histogram().add(result.ring.latency);
    // Both around the whole load, the warm-up included: it is a part of what they did.
    const messages = result.ring.acked.expected;
    return {
      perSecond: result.messages / result.seconds,
      parleyUs: (cpuUs(servers) - cpu) / messages,
      databaseUs: count === 0 ? 0 : (database.cpuUs() - databaseCpu) / messages,
      p50: latency.quantile(0.5) / 1000,
      p99: latency.quantile(0.99) / 1000,
    };
  });
