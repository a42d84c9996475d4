import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatClient, expectStatus, freshName } from '../support/chat-client.ts';
import { withoutPostgres as skip } from '../support/postgres-missing.ts';
import { BrowserKeys, PushReceiver } from '../support/push-receiver.ts';
import { say } from '../support/say.ts';
import { startHosts } from '../support/several-hosts.ts';

test(
  '[N1] [N3] [H1] hosts share the key; one of them sends a push, and none if there is a window at another one',
  { skip },
  async (t) => {
    const receiver = await PushReceiver.start(t);
    const { hosts } = await startHosts(t, 2, receiver.settings);
    const [one, other] = hosts;
    assert.ok(one !== undefined && other !== undefined);
    const ada = await ChatClient.register(t, one, freshName('ada'));
    const ben = (await ChatClient.register(t, one, freshName('ben'))).at(other);
    const cleo = await ChatClient.register(t, one, freshName('cleo'));
    assert.deepEqual(await ada.get('/push/key'), await ada.at(other).get('/push/key'));
    const subscribe = async (client: ChatClient, path: string): Promise<BrowserKeys> => {
      const browser = new BrowserKeys();
      const body = { endpoint: `${receiver.origin}${path}`, keys: browser.keys };
      expectStatus(await client.http('PUT', '/users/me/push', { body }), 204);
      return browser;
    };
    const browser = await subscribe(ada, '/ada');
    await subscribe(cleo.at(other), '/cleo');
    const { socket } = await ben.online();
    const id = crypto.randomUUID();
    await say(socket, ada, 'at the other host', id);
    assert.equal(browser.read((await receiver.next('/ada')).body)['message_id'], id);

    const { socket: adas } = await ada.online();
    await say(socket, ada, 'seen at the first host');
    await adas.next('message', ({ payload }) => payload.content === 'seen at the first host');
    await say(socket, cleo, 'then this one');
    await receiver.next('/cleo');
    assert.deepEqual(
      receiver.all.map(({ path }) => path),
      ['/ada', '/cleo'],
    );
  },
);
