import assert from 'node:assert/strict';
import { openWriter } from '../../server/storage/sqlite/open-writer.ts';
import type { WriteMessage } from '../../server/storage/writes.ts';
import type { ServerProcess } from './server-process.ts';

/** Stops the server, does to its store what an operator does, and starts it again at the same address. */
export const operatorWrites = async (
  server: ServerProcess,
  writes: readonly WriteMessage[],
): Promise<void> => {
  await server.kill('SIGTERM');
  const writer = openWriter(server.dataDir);
  try {
    for (const outcome of writer.commit(writes)) assert.equal(outcome.ok, true);
  } finally {
    writer.close();
  }
  await server.restart();
};
