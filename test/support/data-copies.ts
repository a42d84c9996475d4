import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerProcess } from './server-process.ts';
import { tempDir, type Scope } from './temp-dir.ts';

/** Copies a data directory as `cp` and `tar` do it: without the socket of a server that was killed. */
export const copyFolder = (from: string, to: string): void => {
  cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('.sock') });
};

/** Stops the server in good order, copies its data directory, and starts it again. Returns the copy. */
export const copyData = async (scope: Scope, server: ServerProcess): Promise<string> => {
  const copy = tempDir(scope);
  await server.kill('SIGTERM');
  copyFolder(server.dataDir, copy);
  await server.restart();
  return copy;
};

/** Kills the server and puts a copy in the place of its whole data directory; it is not started. */
export const putBack = async (server: ServerProcess, copy: string): Promise<void> => {
  await server.kill();
  for (const name of readdirSync(server.dataDir)) rmSync(join(server.dataDir, name), { recursive: true });
  cpSync(copy, server.dataDir, { recursive: true });
};
