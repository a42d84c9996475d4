import assert from 'node:assert/strict';
import type { MessageResource } from '../../server/protocol/resources/message.ts';
import { ChatClient, expectStatus, freshName, PASSWORD } from '../support/chat-client.ts';
import { Member } from '../support/crowd.ts';
import { pause } from '../support/deadline.ts';
import type { RandomSource } from '../support/random-source.ts';
import type { ServerProcess } from '../support/server-process.ts';
import type { Scope } from '../support/temp-dir.ts';

/** Two people who talk at a steady pace for as long as the soak lasts, from two devices each; lines drop and come back. */
export class SoakPair {
  readonly members: readonly Member[];
  sent = 0;
  readonly #ada: ChatClient;
  readonly #ben: ChatClient;
  readonly #random: RandomSource;

  constructor(ada: ChatClient, ben: ChatClient, place: ServerProcess, random: RandomSource) {
    this.#ada = ada;
    this.#ben = ben;
    this.#random = random;
    this.members = [ada, ada, ben, ben].map((who) => new Member(who, place));
    for (const member of this.members) {
      member.onFrame = ({ type, payload }) => {
        if (type === 'message' && random.chance(0.2))
          member.send('ack', { message_id: payload.message_id, status: random.pick(['delivered', 'read']) });
      };
    }
  }

  async start(): Promise<void> {
    for (const member of this.members) await member.open();
  }

  say(): void {
    const from = this.#random.pick(this.members);
    if (!from.isOpen) return;
    const to = from.who === this.#ada ? this.#ben : this.#ada;
    const content = `${String(this.sent)} ${'word '.repeat(this.#random.between(1, 60))}`;
    from.send('message', { recipient_id: to.id, content });
    this.sent += 1;
  }

  /** One line is lost and comes back where it was. */
  async blink(): Promise<void> {
    const member = this.#random.pick(this.members);
    member.drop();
    await pause(this.#random.between(1, 400));
    await member.open();
  }

  /** What people do besides talking. */
  async look(): Promise<void> {
    const { id } = await this.#ada.conversationWith(this.#ben);
    const paths = [
      '/conversations',
      `/conversations/${id}/messages`,
      `/conversations/${id}/messages?before=${String(this.#random.between(1, 500))}&limit=200`,
      `/search?q=${this.#random.pick(['word', 'wor', '1', 'nowhere'])}`,
      '/users/me/sessions',
      `/users/${this.#ben.id}`,
    ];
    expectStatus(await this.#ada.http('GET', this.#random.pick(paths)), 200);
    const typing = { conversation_id: id, typing: true };
    this.members[0]?.send('typing', typing);
  }

  /** Everything acknowledged stands once; each device was told each number once. */
  async check(): Promise<number> {
    for (const { breaches } of this.members) assert.deepEqual(breaches, []);
    const { id } = await this.#ada.conversationWith(this.#ben);
    const history: readonly MessageResource[] = await this.#ada.history(id);
    const stored = new Set(history.map(({ message_id }) => message_id));
    assert.equal(stored.size, history.length);
    assert.deepEqual(
      history.map(({ seq }) => seq),
      history.map((_, at) => at + 1),
    );
    const acked = this.members.flatMap((member) => [...member.acked]);
    assert.deepEqual(
      acked.filter((each) => !stored.has(each)),
      [],
    );
    return acked.length;
  }
}

/** One life: signs up, talks, signs in elsewhere, renews, leaves for ever. */
export const oneLife = async (server: ServerProcess, friend: ChatClient): Promise<void> => {
  const ends: (() => void | Promise<void>)[] = [];
  const scope: Scope = { after: (end) => ends.push(end) };
  const me = await ChatClient.register(scope, server, freshName('passer-by'));
  const { socket } = await me.online();
  const id = socket.send('message', { recipient_id: friend.id, content: 'hello and goodbye' });
  await socket.answerTo(id);
  const phone = await ChatClient.login(scope, server, me.username);
  await phone.refresh();
  expectStatus(await phone.http('POST', '/auth/logout'), 204);
  expectStatus(await me.http('DELETE', '/users/me', { body: { password: PASSWORD } }), 204);
  await socket.closed;
  for (const end of ends) await end();
};
