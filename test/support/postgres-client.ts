import { Client, type ClientConfig } from 'pg';
import {
  parseDatabaseUrl,
  type ConnectionOptions,
} from '../../server/storage/postgres/connection-options.ts';

/** Runs one statement as the owner of the server. */
export const onServer = async (url: string, text: string): Promise<readonly unknown[][]> => {
  const client = new Client(clientOptions(url));
  await client.connect();
  try {
    const answer = await client.query<unknown[]>({ text, rowMode: 'array' });
    // Several statements have several answers.
    return Array.isArray(answer) ? [] : answer.rows;
  } finally {
    await client.end();
  }
};

export const clientOptions = (url: string): ClientConfig => {
  const { hosts, user, password, database } = optionsOf(url);
  return { ...hosts[0], user, password: password ?? '', database };
};

export const optionsOf = (url: string): ConnectionOptions => {
  const parsed = parseDatabaseUrl(url);
  if ('reason' in parsed) throw new Error(`the URL of the test's database ${parsed.reason}`);
  return parsed.options;
};
