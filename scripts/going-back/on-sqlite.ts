import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { check } from '../check.ts';
import type { Archive } from './archive.ts';
import { checkRefusal, checkUnchanged } from './refusal.ts';
import { posted } from './requests.ts';
import { upgrade } from './upgrade.ts';

/** Folders of an archive on a data directory, as docs/upgrade.md says. */
export const goBackOnSqlite = async (
  folder: string,
  { older, newer }: { readonly older: Archive; readonly newer: Archive },
): Promise<void> => {
  const [data, before, backup] = [join(folder, 'data'), join(folder, 'before'), join(folder, 'backup.tar')];
  const here = { PARLEY_DATA_DIR: data };
  const [old, now] = [older.with(here), newer.with(here)];
  await upgrade(old, now, backup);
  checkUnchanged(data, () => {
    checkRefusal(old.tried('parley-server'), old.tried('parley', 'status'));
  });
  const restored = older.with({ PARLEY_DATA_DIR: before });
  restored.parley('restore', backup, '--to', before);
  check('a restored directory has a database', existsSync(join(before, 'parley.db')));
  await restored.served(async (url) => {
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
