import { setTimeout as sleep } from 'node:timers/promises';
import { inLanes } from './lanes.ts';
import { localAddress, type SocketTarget } from './socket.ts';
import type { FleetOrder, IdleFleetResult, IdleFleetSpec } from './spec.ts';
import { ClosedByServer, IdleClient } from './idle-client.ts';

/** A process that lets many arrive and stay: told whom, it tells how long it took. Told `again`, it drops all connections and lets
 *  everybody come back in the same moment; told `enough`, it ends. */
const fleet: IdleClient[] = [];
/** How often a server may send one away before that counts as a failure, and how long one stays away. */
const ATTEMPTS = 30;
const AWAY_MS = 1_000;

let sentAway = 0;

/** Comes back where the server had too much to do, as clients do. */
const arrive = async (target: SocketTarget): Promise<IdleClient> => {
  for (let attempt = 1; ; attempt += 1) {
    const client = new IdleClient(target);
    try {
      await client.arrived;
      return client;
    } catch (error) {
      const isBusy = error instanceof ClosedByServer && error.isBusy;
      if (!isBusy || attempt === ATTEMPTS) throw error;
      sentAway += 1;
      await sleep(AWAY_MS);
    }
  }
};

const letArrive = async ({ host, port, accounts, atOnce }: IdleFleetSpec): Promise<void> => {
  const started = performance.now();
  await inLanes(accounts.length, atOnce, async (i) => {
    fleet.push(await arrive({ host, port, token: accounts[i]!.token, ...localAddress(i) }));
  });
  const result: IdleFleetResult = { ms: performance.now() - started, sentAway };
  process.send?.(result);
};

process.once('message', (spec: IdleFleetSpec) => {
  void letArrive(spec);
  process.on('message', (order: FleetOrder) => {
    if (order === 'enough') process.exit(0);
    for (const client of fleet.splice(0)) client.leave();
    sentAway = 0;
    void letArrive({ ...spec, atOnce: spec.accounts.length });
  });
});
