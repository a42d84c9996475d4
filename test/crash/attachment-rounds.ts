import assert from 'node:assert/strict';
import { say } from '../support/say.ts';
import { ChatClient, expectStatus, freshName } from '../support/chat-client.ts';
import { pause } from '../support/deadline.ts';
import { eventually } from '../support/eventually.ts';
import { PostgresServer } from '../support/postgres-server.ts';
import type { RandomSource } from '../support/random-source.ts';
import { onPostgres, ServerProcess } from '../support/server-process.ts';
import { type Scope } from '../support/temp-dir.ts';
import { DATABASE_FILE } from '../../server/storage/sqlite/open.ts';
import { keptInDatabase, keptInFolder } from './attachments-kept.ts';
import { AttachmentSender } from './attachment-sender.ts';
import { assertIntact } from './check.ts';

interface AttachmentRounds {
  readonly store: 'sqlite' | 'postgres';
  readonly rounds: number;
  readonly random: RandomSource;
  readonly say: (line: string) => void;
}

export interface AttachmentCounts {
  readonly rounds: number;
  /** Uploads that were answered with 201, and messages with files that were acknowledged. */
  readonly uploaded: number;
  readonly sent: number;
  /** Rounds in which an upload, and a message, were under way when the server was killed. */
  readonly duringUpload: number;
  readonly duringSend: number;
}

const PAIRS = 2;
/** Uploads of one person side by side. */
const LANES = 3;
/** Milliseconds from the first `ack` of a round to the kill. Some rounds do not wait for one. */
const KILL_AFTER_MS = [0, 600] as const;
const AT_ONCE = 0.2;
/** For the first message, on a machine that does much else. */
const LOAD_MS = 30_000;
/** The removal of attachments takes seconds, and then the sweep of their files up to 30 s. */
const REMOVED_WITHIN_MS = 60_000;

/** Kills the server in the middle of uploads and of messages with files, as often as told. After each restart every upload that was answered
 *  and every message that was acknowledged has its bytes, and after the sweep there is nothing that no attachment has. [G2][G3][G7] */
export const attachmentRounds = async (
  scope: Scope,
  { store, rounds, random, say: tell }: AttachmentRounds,
): Promise<AttachmentCounts> => {
  const database = store === 'postgres' ? await PostgresServer.start(scope) : null;
  const server = await ServerProcess.start(scope, {
    PARLEY_SHARDS: '1',
    PARLEY_ACCESS_TTL_S: '86400',
    ...(database === null ? {} : onPostgres(database.url())),
  });
  const senders = await sendersOf(scope, server, random);
  const kept = () => (database === null ? keptInFolder(server.dataDir) : keptInDatabase(database.url()));
  const assertNothingElse = async (withinMs?: number): Promise<void> => {
    await eventually(
      'all that nothing has to be removed',
      async () => (await kept()).orphans.length === 0,
      withinMs,
    );
    assert.deepEqual((await kept()).missing, []);
  };
  let [duringUpload, duringSend] = [0, 0];
  for (let n = 1; n <= rounds; n += 1) {
    const working = senders.flatMap((sender) => Array.from({ length: LANES }, () => sender.work()));
    const afterMs = random.between(...KILL_AFTER_MS);
    const before = sum(senders, 'messages');
    if (!random.chance(AT_ONCE))
      await eventually('a message', () => sum(senders, 'messages') > before, LOAD_MS);
    await pause(afterMs);
    duringUpload += senders.some(({ uploading }) => uploading > 0) ? 1 : 0;
    duringSend += senders.some(({ sending }) => sending > 0) ? 1 : 0;
    const exit = await server.kill('SIGKILL');
    assert.equal(exit.signal, 'SIGKILL', `the server ended by itself:\n${server.run.output}`);
    await Promise.all(working);
    if (database === null) assertIntact(server.dataDir, DATABASE_FILE);
    await server.restart();
    for (const sender of senders) await sender.check(random);
    await assertNothingElse();
    const counts = `${String(sum(senders, 'uploads'))} uploaded, ${String(sum(senders, 'messages'))} sent`;
    tell(`attachments ${String(n)}: killed after ${String(afterMs)} ms; ${counts}`);
  }
  for (const sender of senders) await sender.check(null);
  await goesWithItsConversation(senders, kept, assertNothingElse);
  assert.equal((await server.kill('SIGTERM')).code, 0);
  const [uploaded, sent] = [sum(senders, 'uploads'), sum(senders, 'messages')];
  assert.ok(sent > rounds / 2, 'there was no load worth the name');
  return { rounds, uploaded, sent, duringUpload, duringSend };
};

const sendersOf = async (
  scope: Scope,
  server: ServerProcess,
  random: RandomSource,
): Promise<readonly AttachmentSender[]> => {
  const senders: AttachmentSender[] = [];
  for (let n = 0; n < PAIRS; n += 1) {
    const [ada, ben] = await Promise.all(
      ['ada', 'ben'].map((name) => ChatClient.register(scope, server, freshName(name))),
    );
    assert.ok(ada !== undefined && ben !== undefined);
    senders.push(
      new AttachmentSender(ada, ben, random.fork()),
      new AttachmentSender(ben, ada, random.fork()),
    );
  }
  return senders;
};

const sum = (senders: readonly AttachmentSender[], of: 'uploads' | 'messages'): number =>
  senders.reduce((total, sender) => total + sender[of], 0);

/** Both delete their conversation, and the bytes that only it had go. */
const goesWithItsConversation = async (
  senders: readonly AttachmentSender[],
  kept: () => Promise<{ readonly count: number }>,
  assertNothingElse: (withinMs: number) => Promise<void>,
): Promise<void> => {
  const [first] = senders;
  assert.ok(first !== undefined);
  const { socket } = await first.me.online();
  const { payload } = await say(socket, first.peer, 'the last one');
  const before = (await kept()).count;
  for (const each of [first.me, first.peer])
    expectStatus(await each.http('DELETE', `/conversations/${payload.conversation_id}`), 204);
  await eventually(
    'the attachments to be removed',
    async () => (await kept()).count < before,
    REMOVED_WITHIN_MS,
  );
  await assertNothingElse(REMOVED_WITHIN_MS);
  for (const sender of senders.slice(2)) await sender.check(null);
  socket.terminate();
};
