import { inLanes } from './lanes.ts';
import { localAddress } from './socket.ts';
import type { CrowdResult, CrowdSpec } from './spec.ts';
import { Visitor } from './visitor.ts';

/** A process that lets many arrive and stay: told whom, it tells how long it took; told anything more, it ends. */
const crowd: Visitor[] = [];

process.once('message', ({ host, port, accounts, atOnce }: CrowdSpec) => {
  const started = performance.now();
  void inLanes(accounts.length, atOnce, async (i) => {
    const visitor = new Visitor({ host, port, token: accounts[i]!.token, ...localAddress(i) });
    crowd.push(visitor);
    await visitor.arrived;
  }).then(() => {
    process.once('message', () => process.exit(0));
    const result: CrowdResult = { ms: performance.now() - started };
    process.send?.(result);
  });
});
