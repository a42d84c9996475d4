import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { onServer } from '../../test/support/postgres-client.ts';
import { postgresPrograms, PostgresServer } from '../../test/support/postgres-server.ts';
import type { Scope } from '../../test/support/temp-dir.ts';
import { check } from '../check.ts';
import type { Archive } from './archive.ts';
import { checkRefusal } from './refusal.ts';
import { posted, storeWhatIsNew } from './requests.ts';
import { upgrade } from './upgrade.ts';

/** Folders of an archive on PostgreSQL. There the older version may run again until something is stored that only the newer one knows; then it
 *  is refused, and restores its backup into an empty database. */
export const goBackOnPostgres = async (
  scope: Scope,
  folder: string,
  { older, newer }: { readonly older: Archive; readonly newer: Archive },
): Promise<void> => {
  const database = await PostgresServer.start(scope);
  const backup = join(folder, 'postgres-backup.tar');
  const secret = (): string => randomBytes(32).toString('base64url');
  const here = {
    PARLEY_DATA_DIR: join(folder, 'postgres-data'),
    PARLEY_DATABASE_URL: database.url(),
    PARLEY_JWT_SECRET: secret(),
    PARLEY_REFRESH_SECRET: secret(),
  };
  const [old, now] = [older.with(here), newer.with(here)];
  await upgrade(old, now, backup);
  await old.served(async (url) => {
    check(
      'the older version runs again while nothing is stored that it does not know',
      (await posted(url, '/auth/login', 'ben')).status === 200,
    );
  });
  await now.served(async (url) => {
    check('something new is stored', (await storeWhatIsNew(url, 'ben')) === 201);
  });
  const before = contentOf(database);
  checkRefusal(old.tried('parley-server'), old.tried('parley', 'status'));
  check('nothing of the newer data has changed', contentOf(database) === before);

  await onServer(database.url(), 'CREATE DATABASE before');
  const elsewhere = {
    PARLEY_DATA_DIR: join(folder, 'postgres-before'),
    PARLEY_DATABASE_URL: database.url('before'),
  };
  older
    .with({ PARLEY_DATA_DIR: elsewhere.PARLEY_DATA_DIR })
    .parley('restore', backup, '--to', elsewhere.PARLEY_DATABASE_URL);
  await old.with(elsewhere).served(async (url) => {
    check(
      'the older version goes on from its backup',
      (await posted(url, '/auth/login', 'ada')).status === 200,
    );
    check('without who came later', (await posted(url, '/auth/login', 'ben')).status === 401);
  });
  await now.served(async (url) => {
    check('the newer data are as they were', (await posted(url, '/auth/login', 'ben')).status === 200);
  });
};

/** All tables as text, without the word that each dump makes up. */
const contentOf = (database: PostgresServer): string =>
  execFileSync(join(postgresPrograms ?? '', 'pg_dump'), [database.url()], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  }).replaceAll(/^\\(?:un)?restrict .*$/gm, '');
