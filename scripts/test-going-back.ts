import { rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { postgresPrograms } from '../test/support/postgres-server.ts';
import type { Scope } from '../test/support/temp-dir.ts';
import { main } from './command.mjs';
import { NotRun } from './debian/not-run.ts';
import { Archive } from './going-back/archive.ts';
import { goBackAsPackages } from './going-back/as-packages.ts';
import { goBackOnPostgres } from './going-back/on-postgres.ts';
import { goBackOnSqlite } from './going-back/on-sqlite.ts';
import { makeFolder, makePackage, unpackOld } from './going-back/versions.ts';
import { log } from './log.mjs';
import { root } from './root.mjs';

/** `npm run test:going-back`: makes the server of the version before and of this one, as folders and as Debian packages, and does what
 *  docs/upgrade.md says: a backup with the older one, the upgrade, the older one on the newer data, which it refuses and does not change,
 *  the older one on the backup, and the newer one on its own data again. On SQLite, on PostgreSQL, and with the packages in a Debian 12
 *  root. Needs Linux, the history of this repository, the packages that are installed, PostgreSQL, and for the Debian packages what
 *  `test:packages` needs. Exit code 1: something is wrong; 77: a part of it could not be run here, and the last line says why. */
const FOLDER = join(root, 'dist/going-back');

/** Runs a part to its end, and closes what it has opened. */
const run = async (title: string, part: (scope: Scope) => Promise<void>): Promise<NotRun | null> => {
  log(title);
  const disposals: (() => void | Promise<void>)[] = [];
  try {
    await part({ after: (dispose) => disposals.push(dispose) });
    return null;
  } catch (error) {
    if (error instanceof NotRun) return error;
    throw error;
  } finally {
    for (const dispose of disposals.reverse()) await dispose();
  }
};

await main(async () => {
  if (process.platform !== 'linux') throw new NotRun('packages of the server are made on Linux');
  rmSync(FOLDER, { recursive: true, force: true });
  const oldSource = join(FOLDER, 'old-source');
  log(`The version before is ${unpackOld(oldSource)}.`);
  makeFolder(oldSource, join(FOLDER, 'old'));
  makeFolder(root, join(FOLDER, 'new'));
  const archives = {
    older: new Archive(join(FOLDER, 'old'), {}),
    newer: new Archive(join(FOLDER, 'new'), {}),
  };
  const skipped = [
    await run('Archives, on SQLite', () => goBackOnSqlite(FOLDER, archives)),
    await run('Archives, on PostgreSQL', async (scope) => {
      if (postgresPrograms === null) throw new NotRun('PostgreSQL 15 or newer is not installed');
      await goBackOnPostgres(scope, FOLDER, archives);
    }),
    await run('Debian packages', () =>
      goBackAsPackages(FOLDER, {
        older: makePackage(oldSource, join(FOLDER, 'old-deb')),
        newer: makePackage(root, join(FOLDER, 'new-deb')),
      }),
    ),
  ].filter((each) => each !== null);
  rmSync(FOLDER, { recursive: true });
  if (skipped[0] !== undefined) throw skipped[0];
  log('One can go back to the version before.');
});
