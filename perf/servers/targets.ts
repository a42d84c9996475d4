import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { systemIds } from '../../server/runtime/ids.ts';
import type { LoadUser } from '../load/spec.ts';
import { root } from '../machine/root.ts';
import type { Placement } from '../machine/spawn.ts';
import { PEERS, startPeer, type Peer } from './peers.ts';
import { seedAccounts } from './seed.ts';
import { startServer, type Running } from './server.ts';

/** Who is always measured side by side: Parley, baseline (a) that stores nothing, baseline (b) with one INSERT a message. Peers are
 *  where they are named. */
export const TARGETS = ['parley', 'relay', 'insert'] as const;
/** `floor` is measured where it is named: what Parley's shape costs at the least. */
export type ServerTarget = (typeof TARGETS)[number] | 'before' | 'floor' | Peer;

export interface Started {
  readonly server: Running;
  readonly accounts: readonly LoadUser[];
}

const script = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const parleyScript = script('../../bundle/main.js');
/** How the target `before` is started: its own bundle, on accounts that its own program has made. */
let before = { bundle: '', seed: seedAccounts };

/** Names another checkout, whose server and `perf/` have been built, as the target `before`. */
export const compareWith = async (checkout: string): Promise<void> => {
  const seed = resolve(checkout, 'dist/perf/servers/seed.js');
  const module = (await import(pathToFileURL(seed).href)) as { readonly seedAccounts: typeof seedAccounts };
  before = { bundle: resolve(checkout, 'dist/bundle/main.js'), seed: module.seedAccounts };
};

export const isParley = (who: ServerTarget): boolean => who === 'parley' || who === 'before';

/** What `npm start` gives Node. */
export const startFlags = (): readonly string[] => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
};

/** Parley with its defaults, but for the limits that keep one person from sending much. */
export const startParley = (
  dataDir: string,
  placement: Placement = {},
  settings: Readonly<Record<string, string>> = {},
  bundle = parleyScript,
): Promise<Running> =>
  startServer(bundle, {
    ...placement,
    flags: startFlags(),
    cwd: dataDir,
    env: {
      ...placement.env,
      PARLEY_PORT: '0',
      PARLEY_DATA_DIR: dataDir,
      PARLEY_SEND_RATE: '0',
      PARLEY_SEND_BURST: '0',
      PARLEY_SIGNUPS_PER_HOUR: '0',
      PARLEY_LOG_LEVEL: 'info',
      ...settings,
    },
  });

export const isPeer = (who: ServerTarget): who is Peer => PEERS.some((peer) => peer === who);

/** Starts a target on an empty folder with that many accounts. `settings` are Parley's. */
export const start = async (
  who: ServerTarget,
  dir: string,
  count: number,
  placement: Placement = {},
  settings: Readonly<Record<string, string>> = {},
): Promise<Started> => {
  if (isParley(who)) {
    const { bundle, seed } = who === 'before' ? before : { bundle: parleyScript, seed: seedAccounts };
    const accounts = await seed(dir, count);
    return { server: await startParley(dir, placement, settings, bundle), accounts };
  }
  if (isPeer(who)) return await startPeer(who, dir, count, placement);
  const accounts = Array.from({ length: count }, () => {
    const id = systemIds.next();
    return { userId: id, token: id };
  });
  const baseline = script(`../baselines/${who}.js`);
  return {
    server: await startServer(baseline, { ...placement, env: { ...placement.env, BASELINE_DIR: dir } }),
    accounts,
  };
};
