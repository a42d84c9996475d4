import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { Client } from 'pg';
import type { Clock } from '../../runtime/clock.ts';
import { DatabaseConnection } from './connection.ts';
import type { ConnectionOptions, DatabaseHost } from './connection-options.ts';
import { databaseErrorOf } from './database-error.ts';
import { VALUE_TYPES } from './value-types.ts';

const CONNECT_WITHIN_MS = 3_000;

/** Logs in at one host. Everything is given, so that `pg` takes nothing from the environment or from a password file.
 *  `answerWithinMs` is the client's own limit for an answer.
 *  @throws DatabaseError */
export const openClient = async (
  { host, port }: DatabaseHost,
  options: ConnectionOptions,
  ssl: false | TlsOptions,
  clock: Clock,
  answerWithinMs: number,
): Promise<DatabaseConnection> => {
  const client = new Client({
    ...{ host, port, ssl, sslnegotiation: 'postgres', client_encoding: 'UTF8' },
    user: options.user,
    password: () => options.password ?? '',
    database: options.database,
    application_name: options.applicationName,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    pipeline: true,
    types: VALUE_TYPES,
  });
  const connection = new DatabaseConnection(client, clock, answerWithinMs);
  try {
    await client.connect();
    return connection;
  } catch (error) {
    connection.drop(databaseErrorOf(error));
    throw error;
  }
};
