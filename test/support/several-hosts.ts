import { bareDatabase } from './postgres.ts';
import { onPostgres, ServerProcess, type Settings } from './server-process.ts';
import type { Scope } from './temp-dir.ts';

/** Hosts on one database, which know each other. */
export interface SeveralHosts {
  readonly hosts: readonly ServerProcess[];
  /** A further one. */
  join(settings?: Settings): Promise<ServerProcess>;
}

/** Starts `count` hosts on a database of their own, or on the one at `url`. */
export const startHosts = async (
  scope: Scope,
  count: number,
  settings: Settings = {},
  url?: string,
): Promise<SeveralHosts> => {
  const database = url ?? (await bareDatabase(scope));
  const hosts: ServerProcess[] = [];
  const join = async (further: Settings = {}): Promise<ServerProcess> => {
    const name = `host-${String(hosts.length + 1)}`;
    const own = { PARLEY_NODE_NAME: name, PARLEY_SHARDS: '1', PARLEY_DATABASE_POOL: '4' };
    const host = await ServerProcess.start(scope, {
      ...own,
      ...onPostgres(database),
      ...settings,
      ...further,
    });
    hosts.push(host);
    return host;
  };
  // The first one makes the tables.
  await join();
  for (let i = 1; i < count; i += 1) await join();
  return { hosts, join };
};
