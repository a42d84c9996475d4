import { Client, type ClientConfig } from 'pg';
import {
  parseDatabaseUrl,
  type ConnectionOptions,
} from '../../server/storage/postgres/connection-options.ts';

/** Runs one statement as the owner of the server. */
export const onServer = async (url: string, text: string): Promise<readonly unknown[][]> =>
  (await allOnServer(url, [text]))[0] ?? [];

/** Runs statements one after the other on one connection. */
export const allOnServer = async (
  url: string,
  texts: readonly string[],
): Promise<readonly (readonly unknown[][])[]> => {
  const client = new Client(clientOptions(url));
  await client.connect();
  try {
    const answers: (readonly unknown[][])[] = [];
    for (const text of texts) {
      const answer = await client.query<unknown[]>({ text, rowMode: 'array' });
      // Several statements have several answers.
      answers.push(Array.isArray(answer) ? [] : answer.rows);
    }
    return answers;
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
