import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DATABASE_FILE } from '../../server/storage/sqlite/open.ts';
import type { Blow } from './blow.ts';

/** Killed while the write-ahead log is copied into the file: the orderly stop does that last, so the stop is asked for, and
 *  the kill comes with the first byte that the file itself gets. Missed when the log was cut to nothing before. */
export const underCheckpoint: Blow = {
  name: 'checkpoint',
  async strike({ server }) {
    const file = join(server.dataDir, DATABASE_FILE);
    const writtenAt = (): bigint => statSync(file, { bigint: true }).mtimeNs;
    const before = writtenAt();
    const run = { ended: false };
    void server.run.exited.then(() => {
      run.ended = true;
    });
    server.run.signal('SIGTERM');
    while (!run.ended && writtenAt() === before) await nextTurn();
    await server.kill('SIGKILL');
    const log = `${file}-wal`;
    const hit = existsSync(log) && statSync(log).size > 0;
    return { hit, check: () => Promise.resolve() };
  },
};
