import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatClient, freshName } from '../support/chat-client.ts';
import type { ChatSocket } from '../support/chat-socket.ts';
import { BrokerProcess } from '../support/broker-process.ts';
import { withoutBroker } from '../support/broker-missing.ts';
import { within } from '../support/deadline.ts';
import { eventually } from '../support/eventually.ts';
import { http } from '../support/http-client.ts';
import { withoutPostgres } from '../support/postgres-missing.ts';
import { say } from '../support/say.ts';
import { startHosts } from '../support/several-hosts.ts';
import type { ServerProcess } from '../support/server-process.ts';

/** [H1]: what no broker carries is found within 2 s; on top: what a busy machine needs. */
const WITHOUT_BROKER_MS = 3_000;

const stateAt = async (host: ServerProcess): Promise<string | undefined> => {
  const answer = await http('GET', `${host.url}/readyz`, {});
  assert.equal(answer.status, 200, answer.text);
  return answer.json<{ checks: Record<string, string> }>().checks['broker'];
};
const until = (hosts: readonly ServerProcess[], state: string): Promise<unknown> =>
  Promise.all(
    hosts.map((host) =>
      eventually(`the broker to be ${state}`, async () => (await stateAt(host)) === state, 10_000),
    ),
  );
const arrives = async (from: ChatSocket, to: ChatClient, at: ChatSocket, ms: number): Promise<void> => {
  const { payload } = await say(from, to, 'hello');
  const isThat = ({ payload: { message_id } }: { payload: { message_id: string } }): boolean =>
    message_id === payload.message_id;
  await within(ms, 'the message at the other host', at.next('message', isThat));
};

const BROKERS = [
  {
    program: 'nats-server',
    scheme: 'nats',
    options: (port: string) => ['--addr', '127.0.0.1', '--port', port],
  },
  {
    program: 'redis-server',
    scheme: 'redis',
    options: (port: string, folder: string) => [
      ...['--bind', '127.0.0.1', '--port', port, '--dir', folder, '--save', '', '--appendonly', 'no'],
    ],
  },
] as const;

for (const { program, scheme, options } of BROKERS) {
  const skip = withoutPostgres || withoutBroker(program);
  test(
    `[P12][H1] ${scheme} carries what hosts tell each other; while it is dead or frozen nothing is lost, and hosts stay ready`,
    { skip },
    async (t) => {
      const broker = await BrokerProcess.start(t, program, options);
      const { hosts } = await startHosts(t, 2, {
        PARLEY_BROKER_URL: `${scheme}://127.0.0.1:${String(broker.port)}`,
      });
      const [one, other] = hosts;
      assert.ok(one !== undefined && other !== undefined);
      await until(hosts, 'ok');
      const ada = await ChatClient.register(t, one, freshName('ada'));
      const ben = (await ChatClient.register(t, one, freshName('ben'))).at(other);
      const [{ socket: a }, { socket: b }] = [await ada.online(), await ben.online()];
      await arrives(a, ben, b, WITHOUT_BROKER_MS);
      await broker.crash();
      await until(hosts, 'down');
      for (let i = 0; i < 2; i += 1) await arrives(a, ben, b, WITHOUT_BROKER_MS);
      await broker.start();
      await until(hosts, 'ok');
      await arrives(b, ada, a, WITHOUT_BROKER_MS);
      broker.freeze();
      await until(hosts, 'down');
      await arrives(b, ada, a, WITHOUT_BROKER_MS);
      broker.thaw();
      await until(hosts, 'ok');
      const { id } = await ada.conversationWith(ben);
      assert.deepEqual(
        (await ben.history(id)).map(({ seq }) => seq),
        [1, 2, 3, 4, 5],
      );
    },
  );
}
