import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { freePort } from '../../perf/machine/free-port.ts';
import type { MessageResource } from '../../server/protocol/resources/message.ts';
import { ChatClient, expectStatus, freshName } from '../support/chat-client.ts';
import type { ChatSocket } from '../support/chat-socket.ts';
import { eventually } from '../support/eventually.ts';
import type { HttpAnswer } from '../support/http-client.ts';
import { bareDatabase } from '../support/postgres.ts';
import { withoutPostgres as skip } from '../support/postgres-missing.ts';
import { react, refusedReaction } from '../support/react.ts';
import { say } from '../support/say.ts';
import { onPostgres, ServerProcess, type Settings } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { buildCommit, NotBuilt } from '../upgrade/built-commit.ts';
import { LAST_UNGATED_COMMIT, OldServer, refusedOldStart } from '../upgrade/old-version.ts';

/** False, and said loudly, where the version before cannot be had. */
const hasOldVersion = (t: TestContext): boolean => {
  try {
    buildCommit(LAST_UNGATED_COMMIT);
    return true;
  } catch (error) {
    if (!(error instanceof NotBuilt)) throw error;
    t.skip(`not run: ${error.message}`);
    return false;
  }
};

/** Somebody who writes without a pause, wherever they are, and who repeats what was not acknowledged when a host goes away. */
class Writer {
  readonly sent: string[] = [];
  readonly #to: string;
  #socket: ChatSocket;
  #isOver = false;
  readonly #done: Promise<void>;

  constructor(socket: ChatSocket, to: string) {
    this.#socket = socket;
    this.#to = to;
    this.#done = this.#write();
  }

  moveTo(socket: ChatSocket): void {
    this.#socket = socket;
  }

  async end(): Promise<readonly string[]> {
    this.#isOver = true;
    await this.#done;
    return this.sent;
  }

  async #write(): Promise<void> {
    while (!this.#isOver) {
      const id = crypto.randomUUID();
      await eventually('the message to be taken', async () => {
        const socket = this.#socket;
        socket.send('message', { recipient_id: this.#to, content: String(this.sent.length) }, id);
        const answer = await Promise.race([socket.answerTo(id), socket.closed]);
        return 'type' in answer && answer.type === 'ack';
      });
      this.sent.push(id);
    }
  }
}

test(
  '[H7][P2][P3][P12] hosts of the version before are replaced one by one under traffic, and what is new begins when the last is gone',
  { skip },
  async (t) => {
    if (!hasOldVersion(t)) return;
    const settings: Settings = onPostgres(await bareDatabase(t));
    const folder = tempDir(t);
    const newFolder = (name: string): string => {
      mkdirSync(join(folder, name), { mode: 0o700 });
      return join(folder, name);
    };
    const startOld = async (name: string): Promise<OldServer> =>
      OldServer.start(
        t,
        newFolder(name),
        await freePort(),
        { ...settings, PARLEY_NODE_NAME: name },
        LAST_UNGATED_COMMIT,
      );
    const startNew = (name: string): Promise<ServerProcess> =>
      ServerProcess.start(t, { ...settings, PARLEY_NODE_NAME: name, PARLEY_SEND_RATE: '0' });
    const [one, two] = [await startOld('old-1'), await startOld('old-2')];
    const ada = await ChatClient.register(t, one, freshName('ada'));
    const ben = await ChatClient.register(t, two, freshName('ben'));
    const old = { foreign: true };
    const [a, b] = [(await ada.online(old)).socket, (await ben.online(old)).socket];
    const writers = [new Writer(a, ben.id), new Writer(b, ada.id)] as const;
    await b.next('message');

    const three = await startNew('new-1');
    const moved = (await ada.at(three).online()).socket;
    writers[0].moveTo(moved);
    assert.equal((await one.stop()).code, 0);
    const fromNew = await say(moved, ben, 'written at a new host');
    await b.next('message', ({ payload }) => payload.message_id === fromNew.payload.message_id);
    const { payload: fromOld } = await say(b, ada, 'written at an old host');
    await moved.next('message', ({ payload }) => payload.message_id === fromOld.message_id);
    // The old host knows neither reactions nor settings of conversations.
    assert.equal(await refusedReaction(moved, fromOld.message_id, '👍'), 'unavailable');
    const { id } = await ada.at(three).conversationWith(ben);
    const pin = (): Promise<HttpAnswer> =>
      ada.at(three).http('PATCH', `/conversations/${id}`, { body: { pinned: true } });
    expectStatus(await pin(), 503);
    await three.run.lines.take('the host in the way', 5_000, ({ msg }) => msg === 'hosts.older-version');

    const four = await startNew('new-2');
    writers[1].moveTo((await ben.at(four).online()).socket);
    assert.equal((await two.stop()).code, 0);
    // A host that has stopped is given up after some seconds.
    await eventually('the conversation to be pinned', async () => (await pin()).status === 200);
    await moved.next('conversation', ({ payload }) => payload.conversation.id === id);
    assert.equal((await react(moved, fromOld.message_id, '👍')).payload.status, 'reacted');
    const refused = await refusedOldStart(newFolder('late'), await freePort(), settings, LAST_UNGATED_COMMIT);
    assert.deepEqual([refused.code, refused.signal], [74, null], refused.output);
    assert.match(refused.output, /start a newer Parley/);

    const sent = [
      fromNew.payload.message_id,
      fromOld.message_id,
      ...(await writers[0].end()),
      ...(await writers[1].end()),
    ];
    const history: readonly MessageResource[] = await ben.at(four).history(id);
    assert.deepEqual(new Set(history.map(({ message_id }) => message_id)), new Set(sent));
    assert.deepEqual(
      history.map(({ seq }) => seq),
      sent.map((_, n) => n + 1),
    );
    t.diagnostic(`${String(sent.length)} messages over the upgrade`);
  },
);
