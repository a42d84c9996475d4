import assert from 'node:assert/strict';
import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import { ChatClient, PASSWORD, type Place } from '../support/chat-client.ts';
import { say } from '../support/say.ts';
import type { Scope } from '../support/temp-dir.ts';

/** What a server tells a user who logs in, as far as every version tells it. */
export interface UserContent {
  readonly username: string;
  readonly cursor: number;
  readonly history: string;
  readonly conversations: readonly {
    readonly id: string;
    readonly peer: string;
    readonly unread: number;
    readonly messages: readonly (readonly [seq: number, sender: string, sentAt: string, content: string])[];
  }[];
}

const USERS = ['ada', 'ben', 'cleo', 'dora', 'emil'] as const;
const DELETED = 'fay';
const TEXTS = ['hello', 'שלום', '你好', '👋🏽', 'Grüße aus Köln', '"\\', 'x'.repeat(400)];

/** Fills an empty server: users who have written to each other, receipts, an account that was deleted, and a conversation that was. */
export const fill = async (scope: Scope, place: Place, messages: number): Promise<readonly string[]> => {
  const people: ChatClient[] = [];
  for (const name of [...USERS, DELETED]) people.push(await ChatClient.register(scope, place, name));
  const online = await Promise.all(people.map((person) => person.online()));
  for (let n = 0; n < messages; n += 1) {
    const from = n % people.length;
    const to = people[(from + 1 + (Math.floor(n / people.length) % (people.length - 1))) % people.length];
    const socket = online[from]?.socket;
    assert.ok(to !== undefined && socket !== undefined);
    const sent = await say(socket, to, `${String(n)} ${TEXTS[n % TEXTS.length] ?? ''}`);
    if (n % 4 === 0)
      online[people.indexOf(to)]?.socket.send('ack', { message_id: sent.payload.message_id, status: 'read' });
  }
  const fay = people.at(-1);
  const deleted = await fay?.http('DELETE', '/users/me', { body: { password: PASSWORD } });
  assert.equal(deleted?.status, 204);
  const [emil] = people.filter(({ username }) => username === 'emil');
  const { conversations } = (await emil?.get<{ conversations: ConversationResource[] }>(
    '/conversations',
  )) ?? {
    conversations: [],
  };
  assert.equal((await emil?.http('DELETE', `/conversations/${conversations[0]?.id ?? ''}`))?.status, 204);
  for (const { socket } of online) socket.terminate();
  return USERS;
};

/** What each of the users is told. */
export const contentOf = async (
  scope: Scope,
  place: Place,
  usernames: readonly string[],
): Promise<readonly UserContent[]> => {
  const all: UserContent[] = [];
  for (const username of usernames) {
    const me = await ChatClient.login(scope, place, username);
    const { conversations } = await me.get<{ conversations: ConversationResource[] }>('/conversations');
    const shown: UserContent['conversations'][number][] = [];
    for (const { id, peer, unread_count } of conversations) {
      const messages = (await me.history(id)).map(
        ({ seq, sender_name, sent_at, content }) => [seq, sender_name, sent_at, content] as const,
      );
      shown.push({ id, peer: peer.username, unread: unread_count, messages });
    }
    const socket = await me.connect();
    const { payload } = await socket.next('welcome');
    socket.terminate();
    all.push({ username, cursor: payload.cursor, history: payload.history, conversations: shown });
  }
  return all;
};
