import type { Place } from './chat-client.ts';
import { processScope } from './process-scope.ts';
import { ServerProcess } from './server-process.ts';
import type { Scope } from './temp-dir.ts';

let shared: Promise<ServerProcess> | null = null;

/** A server with the settings of tests, for files that only talk to it: the files of a process share one, because a start costs a
 *  second. Whoever stops it, gives it settings or reads what it printed needs one of their own. Other people are there too. */
export const sharedServer = async (scope: Scope): Promise<Place> =>
  await (shared ??= ServerProcess.start(processScope(scope)));
