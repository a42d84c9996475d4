import assert from 'node:assert/strict';
import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import type { MessageResource } from '../../server/protocol/resources/message.ts';
import type { Blow, Scene } from './blow.ts';
import { killNow } from './blow.ts';
import { ChatClient, PASSWORD } from '../support/chat-client.ts';
import { pause } from '../support/deadline.ts';
import { http } from '../support/http-client.ts';
import { say } from '../support/say.ts';

const MESSAGES = 12;
/** A hash, a commit and an answer: the kill falls before, within or after them. */
const WITHIN_MS = 120;

interface Doomed {
  readonly leaver: ChatClient;
  readonly stayer: ChatClient;
  readonly conversationId: string;
}

let count = 0;

const twoWhoTalked = async ({ scope, server }: Scene): Promise<Doomed> => {
  count += 1;
  const names = [`leaver.${String(count)}`, `stayer.${String(count)}`] as const;
  const leaver = await ChatClient.register(scope, server, names[0]);
  const stayer = await ChatClient.register(scope, server, names[1]);
  const { socket } = await leaver.online();
  for (let n = 0; n < MESSAGES; n += 1) await say(socket, stayer, `of one who leaves ${String(n)}`);
  socket.terminate();
  const { id } = await stayer.conversationWith(leaver);
  return { leaver, stayer, conversationId: id };
};

/** A deletion is whole or has not been; one that was answered has been. [P7] [A5] */
const checkWhole = async (scene: Scene, doomed: Doomed, answered: boolean): Promise<void> => {
  const { leaver, stayer, conversationId } = doomed;
  const body = { username: leaver.username, password: PASSWORD };
  const { status } = await http('POST', `${scene.server.url}/auth/login`, { body });
  assert.ok(status === 200 || status === 401, `login was answered ${String(status)}`);
  const gone = status === 401;
  if (answered) assert.ok(gone, 'a deletion that was answered is undone');
  const { peer } = await stayer.get<ConversationResource>(`/conversations/${conversationId}`);
  assert.equal('deleted' in peer, gone);
  const { messages } = await stayer.get<{ messages: MessageResource[] }>(
    `/conversations/${conversationId}/messages?limit=200`,
  );
  assert.equal(messages.length, MESSAGES);
  for (const message of messages) {
    assert.equal(message.is_anonymized, gone);
    assert.equal(message.sender_name, gone ? 'Deleted User' : leaver.username);
  }
  const token = leaver.accessToken;
  const own = await http('GET', `${scene.server.url}/users/me`, { token });
  assert.equal(own.status, gone ? 401 : 200);
};

/** Killed while somebody deletes their account. Missed when the deletion had not been begun, or was over: half of them. */
export const underDeletion = (): Blow => {
  let doomed: Doomed | undefined;
  return {
    name: 'deletion',
    async prepare(scene) {
      doomed = await twoWhoTalked(scene);
    },
    async strike(scene) {
      const pair = doomed;
      assert.ok(pair);
      let answered = false;
      const deletion = pair.leaver.http('DELETE', '/users/me', { body: { password: PASSWORD } }).then(
        (answer) => {
          assert.equal(answer.status, 204, answer.text);
          answered = true;
        },
        () => undefined,
      );
      await pause(scene.random.between(0, WITHIN_MS));
      const hit = !answered;
      await killNow(scene);
      await deletion;
      return { hit, check: () => checkWhole(scene, pair, answered) };
    },
  };
};
