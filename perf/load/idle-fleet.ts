import { inLanes } from './lanes.ts';
import { localAddress } from './socket.ts';
import type { IdleFleetResult, IdleFleetSpec } from './spec.ts';
import { IdleClient } from './idle-client.ts';

/** A process that lets many arrive and stay: told whom, it tells how long it took; told anything more, it ends. */
const fleet: IdleClient[] = [];

process.once('message', ({ host, port, accounts, atOnce }: IdleFleetSpec) => {
  const started = performance.now();
  void inLanes(accounts.length, atOnce, async (i) => {
    const client = new IdleClient({ host, port, token: accounts[i]!.token, ...localAddress(i) });
    fleet.push(client);
    await client.arrived;
  }).then(() => {
    process.once('message', () => process.exit(0));
    const result: IdleFleetResult = { ms: performance.now() - started };
    process.send?.(result);
  });
});
