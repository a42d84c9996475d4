import { env, platform } from 'node:process';
import { postgresPrograms } from './postgres-server.ts';

/** Databases for tests: on the server that PARLEY_TEST_DATABASE_URL names, whose user may create databases, or else on one that the
 *  first test of a process starts and its last one stops. */
export const given = env['PARLEY_TEST_DATABASE_URL'] ?? '';
/** Elsewhere than on Linux the machines of continuous integration have none that fits. */
const isRequired =
  ((env['CI'] ?? '') !== '' && platform === 'linux') || env['PARLEY_REQUIRE_POSTGRES'] === '1';

const reasonFor = (isMissing: boolean): string | false => {
  if (!isMissing) return false;
  const reason = 'not run: PostgreSQL 15 or newer is not installed, and PARLEY_TEST_DATABASE_URL is not set';
  if (isRequired) throw new Error(reason);
  console.error(`\n*** ${reason} ***\n`);
  return reason;
};

/** `skip` of tests that start a server of their own: false, or why they can't run. */
export const withoutOwnPostgres = reasonFor(postgresPrograms === null);
/** `skip` of tests that need a database only. */
export const withoutPostgres = given === '' ? withoutOwnPostgres : false;
