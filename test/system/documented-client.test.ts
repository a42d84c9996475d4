import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test, type TestContext } from 'node:test';
import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import { expectStatus, PASSWORD, twoPeople, type ChatClient } from '../support/chat-client.ts';
import { within } from '../support/deadline.ts';
import { DocumentedDevice } from '../support/documented-client.ts';
import { eventually } from '../support/eventually.ts';
import { chance, scaled, testInExtended } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

const server = await ServerProcess.start({ after });
/** A client that was refused several times waits for up to 15 s. */
const ARRIVAL_MS = 60_000;

interface Person extends DocumentedDevice {
  readonly account: ChatClient;
}

/** Two people who have connected with the client of docs/write-a-client.md. At the end their accounts are deleted. */
const twoDevices = async (t: TestContext): Promise<readonly [Person, Person]> => {
  const accounts = await twoPeople(t, server);
  const people = accounts.map((account) => Object.assign(new DocumentedDevice(server.url), { account }));
  for (const { client, account } of people) {
    await client.takeTokens('/auth/login', { username: account.username, password: PASSWORD });
    await client.connect();
  }
  t.after(async () => {
    for (const { account, ended } of people) {
      expectStatus(await account.http('DELETE', '/users/me', { body: { password: PASSWORD } }), 204);
      assert.ok([401, 4403].includes(Number(await within(ARRIVAL_MS, 'the end', ended))));
    }
  });
  return people as unknown as readonly [Person, Person];
};

const idsOf = ({ messages }: DocumentedDevice): readonly string[] => messages.map((each) => each.message_id);

/** All of them once, in one order, which is that of storage and for each sender that of sending. */
const assertOnceAndInOrder = (
  [first, second]: readonly [DocumentedDevice, DocumentedDevice],
  sent: readonly string[],
): void => {
  for (const { messages } of [first, second]) {
    assert.deepEqual(
      messages.map(({ seq }) => seq),
      sent.map((_, i) => i + 1),
    );
    assert.deepEqual(messages.map((each) => each.message_id).sort(), [...sent].sort());
    for (const name of ['ada', 'ben']) {
      const numbers = messages.flatMap(({ content }) =>
        content.startsWith(name) ? [Number(content.slice(name.length))] : [],
      );
      assert.deepEqual(
        numbers,
        numbers.map((_, i) => i),
      );
    }
  }
  assert.deepEqual(idsOf(first), idsOf(second));
};

/** Each sends so many; whose number is whose is in the text. */
const talk = async ([ada, ben]: readonly [Person, Person], each: number, sent: string[]): Promise<void> => {
  for (let i = 0; i < each; i += 1) {
    const number = String(sent.length / 2);
    for (const [from, to, name] of [
      [ada, ben, 'ada'],
      [ben, ada, 'ben'],
    ] as const) {
      const id = randomUUID();
      sent.push(id);
      await from.client.send(to.account.id, `${name}${number}`, id);
    }
  }
};

test('[P1][P2][P3][P4] the client of docs/write-a-client.md: kill -9 of the server and crashes of the device lose, double and reorder nothing', async (t) => {
  const people = await twoDevices(t);
  const [ada, ben] = people;
  const random = chance(t);
  const sent: string[] = [];
  const rounds = scaled({ sample: 2, full: 20 });
  for (let round = 0; round < rounds; round += 1) {
    await talk(people, 10, sent);
    await within(
      ARRIVAL_MS,
      'some of the messages',
      ben.holds(random.between(sent.length - 20, sent.length)),
    );
    await server.kill('SIGKILL');
    await talk(people, 2, sent);
    if (round % 2 === 1) await Promise.all([ada.crash(), ben.crash()]);
    await server.restart();
  }
  await within(ARRIVAL_MS, 'all messages', Promise.all(people.map((each) => each.holds(sent.length))));
  assertOnceAndInOrder(people, sent);

  const last = ben.messages.findLast(({ status }) => status === undefined);
  assert.ok(last !== undefined);
  ben.client.read(last);
  const conversation = `/conversations/${last.conversation_id}`;
  await eventually('[R1] the receipts of both have arrived', async () => {
    const answer = await ada.account.get<ConversationResource>(conversation);
    const { delivered_seq: delivered, read_seq: read } = answer;
    const lastOfAda = ada.messages.findLast(({ status }) => status !== undefined)?.seq;
    const lastOfBen = ada.messages.findLast(({ status }) => status === undefined)?.seq;
    return delivered.me === lastOfBen && delivered.peer === lastOfAda && read.peer === last.seq;
  });
});

testInExtended(
  '[O10][S2] the client of docs/write-a-client.md goes on when its access token has run out',
  async (t) => {
    const people = await twoDevices(t);
    await server.restart({ PARLEY_ACCESS_TTL_S: '1' });
    const sent: string[] = [];
    await talk(people, 1, sent);
    for (let renewals = 0; renewals < 2; renewals += 1) {
      await server.run.line('auth.refresh', ({ userId }) => userId === people[0].account.id);
    }
    await talk(people, 1, sent);
    await within(ARRIVAL_MS, 'all messages', Promise.all(people.map((each) => each.holds(sent.length))));
    assertOnceAndInOrder(people, sent);
    await server.restart();
  },
);

test('[D7] the client of docs/write-a-client.md tells what was refused, and sends the next message', async (t) => {
  const [ada, ben] = await twoDevices(t);
  const refused = randomUUID();
  await ada.client.send(randomUUID(), 'to nobody', refused);
  await ada.client.send(ben.account.id, 'ada0');
  await within(ARRIVAL_MS, 'the message', ben.holds(1));
  assert.deepEqual(ada.refused, [{ id: refused, code: 'not_found' }]);
  assert.deepEqual(ada.state.outbox, []);
});

test('[O12][O13] the client of docs/write-a-client.md ends when the history is another one, and can begin anew', async (t) => {
  const people = await twoDevices(t);
  const [, ben] = people;
  const sent: string[] = [];
  await talk(people, 2, sent);
  await within(ARRIVAL_MS, 'the messages', ben.holds(sent.length));
  ben.state = { ...ben.state, position: { ...ben.state.position, history: randomUUID() } };
  await ben.crash();
  assert.equal(await within(ARRIVAL_MS, 'the end', ben.ended), 'reset');
  ben.messages.length = 0;
  ben.state = { ...ben.state, position: { cursor: 0 } };
  await ben.crash();
  await within(ARRIVAL_MS, 'the messages', ben.holds(sent.length));
  assertOnceAndInOrder(people, sent);
});
