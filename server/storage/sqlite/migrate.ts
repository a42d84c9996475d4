import { MIGRATIONS } from './migrations/list.ts';
import type { Db } from './open.ts';
import { StoreError } from '../store-error.ts';

/** The schema this program knows: the number of its last migration. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** Brings the schema up to date, each migration in one transaction together with its number: a crash in between leaves
 *  the version before or the version after. @throws StoreError `newer`, `damaged` (SPEC §6) */
export const migrate = (db: Db): void => {
  checkVersion(db);
  for (let version = versionOf(db); version < SCHEMA_VERSION; version += 1) {
    db.transaction(() => {
      db.exec(MIGRATIONS[version] ?? '');
      db.pragma(`user_version = ${String(version + 1)}`);
    }).immediate();
  }
};

/** Refuses a schema newer than this program, and one that no program has made, before anything is read from it or written to it. */
export const checkVersion = (db: Db): void => {
  const found = versionOf(db);
  if (found < 0)
    throw new StoreError(
      'damaged',
      `the database has schema ${String(found)}: it is damaged; restore it from a backup`,
    );
  if (found > SCHEMA_VERSION) {
    throw new StoreError(
      'newer',
      `the database has schema ${String(found)}, this program knows up to ${String(SCHEMA_VERSION)}: ` +
        `start a newer Parley or restore an older backup`,
    );
  }
};

/** For commands: they work on a schema that they know, and leave it to the server to bring an older one up to date.
 *  @throws StoreError `older`, `newer`, `damaged` */
export const checkCurrent = (db: Db): void => {
  checkVersion(db);
  const found = versionOf(db);
  if (found < SCHEMA_VERSION) {
    throw new StoreError(
      'older',
      `the database has schema ${String(found)}, this program works on ${String(SCHEMA_VERSION)}: ` +
        `start this Parley on it once, which brings it up to date`,
    );
  }
};

const versionOf = (db: Db): number => Number(db.pragma('user_version', { simple: true }));
