import { createHmac } from 'node:crypto';
import { StoreError } from '../store-error.ts';
import { statement, type Database } from './sql.ts';

const PURPOSE = 'parley/secrets/1';

/** Tells whether two hosts have the same secrets, and nothing about the secrets. */
export const secretsFingerprint = (jwt: string | Uint8Array, refresh: string | Uint8Array): Buffer =>
  createHmac('sha256', jwt).update(createHmac('sha256', refresh).update(PURPOSE).digest()).digest();

const CLAIM = statement('', 'UPDATE meta SET secrets = $1 WHERE secrets IS NULL');
const READ = statement<[Buffer]>('', 'SELECT secrets FROM meta');

/** Hosts with different secrets would refuse each other's tokens. The first host decides. @throws StoreError `other-secrets` */
export const checkSecrets = async (db: Database, fingerprint: Buffer): Promise<void> => {
  const known = await db.transaction(async (sql) => {
    await sql.run(CLAIM, [fingerprint]);
    return await sql.query(READ);
  });
  if (known[0]?.[0].equals(fingerprint) === true) return;
  throw new StoreError(
    'other-secrets',
    'the database belongs to servers with another PARLEY_JWT_SECRET or PARLEY_REFRESH_SECRET: give every host the same',
  );
};
