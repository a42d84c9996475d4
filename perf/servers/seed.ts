import { openSecrets } from '../../server/edge/auth/secrets.ts';
import { SigningKeys } from '../../server/edge/auth/signing-keys.ts';
import { openTokens } from '../../server/edge/auth/tokens.ts';
import { systemClock } from '../../server/runtime/clock.ts';
import { systemIds } from '../../server/runtime/ids.ts';
import { openWriter, type StoreWriter } from '../../server/storage/sqlite/open-writer.ts';
import { openQueries } from '../../server/storage/sqlite/queries.ts';
import type { WriteMessage } from '../../server/storage/writes.ts';
import type { LoadUser } from '../load/spec.ts';

const SESSION_MS = 86_400_000;
const BATCH = 500;

/** Commits writes in groups; throws when one fails. */
export const commitAll = (writer: StoreWriter, writes: readonly WriteMessage[]): void => {
  for (let at = 0; at < writes.length; at += BATCH) {
    const outcomes = writer.commit(writes.slice(at, at + BATCH));
    if (!outcomes.every((outcome) => outcome.ok)) throw new Error('a write of the seed failed');
  }
};

interface Person {
  readonly userId: string;
  readonly sessionId: string;
  readonly username: string;
}

/** A new person with a session for a day, whose password is nobody's. */
export const registration = ({ userId, sessionId, username }: Person): WriteMessage => ({
  type: 'registerUser',
  input: {
    id: userId,
    username,
    passwordHash: 'none',
    session: {
      id: sessionId,
      refreshHash: systemIds.random(32),
      ttlMs: SESSION_MS,
      ipAddress: '127.0.0.1',
      userAgent: 'perf',
    },
    inviteHash: null,
    signups: null,
  },
});

/** Writes `count` accounts into a data folder whose server does not run, and signs a token for each: by the store's own writes and
 *  the server's own keys. `jwt`: the key of a server that is given one. */
export const seedAccounts = async (
  dataDir: string,
  count: number,
  given: { readonly jwt?: string } = {},
): Promise<readonly LoadUser[]> => {
  const people = Array.from({ length: count }, (_, i) => ({
    userId: systemIds.next(),
    sessionId: systemIds.next(),
    username: `person-${i}`,
  }));
  const writer = openWriter(dataDir);
  commitAll(writer, people.map(registration));
  writer.close();

  const queries = openQueries(dataDir);
  const { jwt } = openSecrets(dataDir, given, systemIds);
  const tokens = openTokens({
    keys: new SigningKeys(jwt),
    accessTtlS: SESSION_MS / 1000,
    clock: systemClock,
    queries,
    sessionNow: null,
  });
  const accounts = await Promise.all(
    people.map(async (who) => ({ userId: who.userId, token: (await tokens.issue(who)).token })),
  );
  queries.close();
  return accounts;
};

/** Writes messages into a data folder whose server does not run; `say` gives the next one: who to whom, and what. */
export const seedMessages = (
  dataDir: string,
  count: number,
  say: (i: number) => { from: string; to: string; content: string },
): void => {
  const writer = openWriter(dataDir);
  for (let at = 0; at < count; at += BATCH) {
    commitAll(
      writer,
      Array.from({ length: Math.min(BATCH, count - at) }, (_, i) => {
        const { from, to, content } = say(at + i);
        const [first, second] = from < to ? [from, to] : [to, from];
        return {
          type: 'appendMessage',
          input: {
            messageId: systemIds.next(),
            pair: { first, second },
            senderId: from,
            newConversationId: systemIds.next(),
            content,
          },
        };
      }),
    );
    writer.indexSome();
  }
  writer.close();
};
