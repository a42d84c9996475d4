import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ChatClient, expectStatus, freshName, PASSWORD, twoPeople } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { figureOf, metricsUrl } from '../support/metrics.ts';
import { BrowserKeys, PushReceiver, vapidOf } from '../support/push-receiver.ts';
import { say } from '../support/say.ts';
import { ServerProcess } from '../support/server-process.ts';
import { sharedServer } from '../support/shared-server.ts';

const receiver = await PushReceiver.start({ after });
const server = await ServerProcess.start({ after }, { ...receiver.settings, PARLEY_METRICS_PORT: '0' });
const metrics = await metricsUrl(server);
const pushes = (outcome: string): Promise<number> =>
  figureOf(metrics, `parley_pushes_total{outcome="${outcome}"}`);

let devices = 0;
/** A device of this user that wants pushes: its own path at the push service. */
const subscribe = async (client: ChatClient, { showText = false, origin = receiver.origin } = {}) => {
  const browser = new BrowserKeys();
  const path = `/device/${String((devices += 1))}`;
  const body = { endpoint: `${origin}${path}`, keys: browser.keys, show_text: showText };
  expectStatus(await client.http('PUT', '/users/me/push', { body }), 204);
  return { browser, path, body };
};

/** A message to another user, who gets a push first: so earlier pushes were sent, or never will be. */
const afterOthers = async (sender: ChatClient): Promise<void> => {
  const other = await ChatClient.register({ after }, server, freshName('other'));
  const { path } = await subscribe(other);
  const { socket } = await sender.online();
  await say(socket, other, 'and you?');
  await receiver.next(path);
  socket.terminate();
};

test('[N1] without a contact for push services, a server knows nothing of pushes', async (t) => {
  const off = await sharedServer(t);
  const [ada] = await twoPeople(t, off);
  const { body } = { body: { endpoint: 'https://push.example/1', keys: new BrowserKeys().keys } };
  expectStatus(await ada.http('GET', '/push/key'), 404);
  assert.deepEqual(await ada.get('/users/me/push'), { key: null, endpoint: null, show_text: false });
  expectStatus(await ada.http('PUT', '/users/me/push', { body }), 404);
  expectStatus(await ada.http('DELETE', '/users/me/push'), 204);
});

test('[N1] [N3] [N4] a push comes encrypted, signed with the key of the server, without the text unless it is wanted', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const { key } = await ada.get<{ key: string }>('/push/key');
  const quiet = await subscribe(ada);
  const phone = await ChatClient.login(t, server, ada.username);
  const chatty = await subscribe(phone, { showText: true });
  expectStatus(await ben.http('PATCH', '/users/me', { body: { display_name: 'Ben Ben' } }), 200);
  const { socket } = await ben.online();
  const id = crypto.randomUUID();
  const sent = await say(socket, ada, 'the text', id);
  const [first, second] = [await receiver.next(quiet.path), await receiver.next(chatty.path)];
  const shown = {
    type: 'message',
    conversation_id: sent.payload.conversation_id,
    message_id: id,
    sender_name: 'Ben Ben',
    sent_at: sent.payload.sent_at,
  };
  assert.deepEqual(quiet.browser.read(first.body), shown);
  assert.deepEqual(chatty.browser.read(second.body), { ...shown, text: 'the text' });
  assert.throws(() => quiet.browser.read(second.body));
  const { authorization = '', topic, ttl, urgency, 'content-encoding': encoding } = first.headers;
  const vapid = vapidOf(authorization);
  assert.equal(vapid.key, key);
  assert.deepEqual(
    [vapid.claims['aud'], vapid.claims['sub']],
    [receiver.origin, 'mailto:admin@chat.example'],
  );
  const exp = Number(vapid.claims['exp']) - Date.now() / 1000;
  assert.ok(exp > 3_600 && exp < 86_400, String(exp));
  assert.deepEqual([ttl, urgency, encoding], ['604800', 'high', 'aes128gcm']);
  assert.match(String(topic), /^[\w-]{32}$/);
  assert.notEqual(topic, second.headers['topic']);
  assert.ok(!first.body.includes('Ben') && !JSON.stringify(first.headers).includes(shown.conversation_id));
});

test('[N3] whoever has a visible connection gets no push; with an invisible one they do', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const { path } = await subscribe(ada);
  const { socket: bens } = await ben.online();
  const { socket: adas } = await ada.online();
  await say(bens, ada, 'seen');
  await afterOthers(ben);
  assert.equal(receiver.all.filter((push) => push.path === path).length, 0);
  adas.send('presence', { status: 'offline' });
  adas.send('ping', {});
  await adas.next('pong');
  const id = crypto.randomUUID();
  await say(bens, ada, 'not seen', id);
  await receiver.next(path);
  adas.terminate();
  await ada.online({ presence: 'offline' });
  await say(bens, ada, 'not seen either');
  await receiver.next(path);
});

test('[N3] [D4] a repeat, a receipt and a message of one’s own are no reason for a push', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const { path } = await subscribe(ada);
  const { path: bens } = await subscribe(ben);
  const { socket } = await ben.online();
  const id = crypto.randomUUID();
  await say(socket, ada, 'once', id);
  await receiver.next(path);
  await say(socket, ada, 'once', id);
  socket.terminate();
  const { socket: own } = await ada.online();
  own.send('ack', { message_id: id, status: 'read' });
  own.terminate();
  await afterOthers(ben);
  assert.equal(receiver.all.filter((push) => push.path === path).length, 1);
  assert.equal(receiver.all.filter((push) => push.path === bens).length, 0);
});

test('[N2] the subscription is that of the session: replaced, told, ended by request and by every end of the session', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const phone = await ChatClient.login(t, server, ada.username);
  const state = (client: ChatClient) => client.get<unknown>('/users/me/push');
  const { key } = await ada.get<{ key: string }>('/push/key');
  assert.deepEqual(await state(ada), { key, endpoint: null, show_text: false });
  const first = await subscribe(ada);
  const second = await subscribe(ada, { showText: true });
  assert.deepEqual(await state(ada), { key, endpoint: second.body.endpoint, show_text: true });
  assert.deepEqual(await state(phone), { key, endpoint: null, show_text: false });
  const { socket } = await ben.online();
  await say(socket, ada, 'one');
  await receiver.next(second.path);
  expectStatus(await ada.http('DELETE', '/users/me/push'), 204);
  expectStatus(await ada.http('DELETE', '/users/me/push'), 204);
  const ended: string[] = [first.path];
  const password = { current_password: PASSWORD, new_password: PASSWORD };
  for (const end of [
    (own: ChatClient) => own.http('POST', '/auth/logout'),
    () => phone.http('POST', '/users/me/password', { body: password }),
  ]) {
    const own = await ChatClient.login(t, server, ada.username);
    const { path } = await subscribe(own);
    await say(socket, ada, 'still there');
    await receiver.next(path);
    expectStatus(await end(own), 204);
    ended.push(path);
  }
  const { path } = await subscribe(phone);
  const before = receiver.all.length;
  await say(socket, ada, 'the last one');
  await receiver.next(path);
  await afterOthers(ben);
  assert.deepEqual(
    receiver.all.slice(before).filter((push) => ended.includes(push.path) || push.path === second.path),
    [],
  );
  expectStatus(await phone.http('DELETE', '/users/me', { body: { password: PASSWORD } }), 204);
});

test('[N2] [N7] what is no subscription, or leads to where the server must not go, is refused', async (t) => {
  const [ada] = await twoPeople(t, server);
  const { keys } = new BrowserKeys();
  const put = (body: unknown) => ada.http('PUT', '/users/me/push', { body });
  const endpoint = 'https://push.example/1';
  for (const [path, body] of [
    ['endpoint', { endpoint: 'http://push.example/1', keys }],
    ['endpoint', { endpoint: 'https://127.0.0.1/1', keys }],
    ['endpoint', { endpoint: 'https://[::ffff:169.254.169.254]/latest', keys }],
    ['endpoint', { endpoint: 'https://localhost/1', keys }],
    ['endpoint', { endpoint: 'https://push.example:8443/1', keys }],
    ['endpoint', { endpoint: `https://push.example/${'x'.repeat(2_048)}`, keys }],
    ['endpoint', { endpoint: 7, keys }],
    ['endpoint', { keys }],
    ['keys', { endpoint }],
    ['keys.p256dh', { endpoint, keys: { ...keys, p256dh: keys.auth } }],
    ['keys.p256dh', { endpoint, keys: { ...keys, p256dh: `B${'A'.repeat(86)}` } }],
    ['keys.auth', { endpoint, keys: { ...keys, auth: 'short' } }],
    ['show_text', { endpoint, keys, show_text: 'yes' }],
  ] as const) {
    const { errors = [] } = expectStatus(await put(body), 400).json<{ errors?: { path: string }[] }>();
    assert.deepEqual(
      errors.map((each) => each.path),
      [path],
      JSON.stringify(body),
    );
  }
  for (const body of [{ endpoint, keys, more: 1 }, { endpoint, keys: { ...keys, more: 1 } }, [], 'x', null])
    expectStatus(await put(body), 400);
  // With and without what `PushSubscription.toJSON` gives besides.
  for (const more of [{}, { expirationTime: null }, { expirationTime: Date.now() + 60_000 }])
    expectStatus(await put({ endpoint, keys, ...more }), 204);
});

test('[N2] subscribing has a rate of its own', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const body = { endpoint: 'https://push.example/1', keys: new BrowserKeys().keys };
  for (let n = 0; n < 20; n += 1) expectStatus(await ada.http('PUT', '/users/me/push', { body }), 204);
  const { headers } = expectStatus(await ada.http('PUT', '/users/me/push', { body }), 429);
  assert.ok(Number(headers['retry-after']) > 0);
  expectStatus(await ben.http('PUT', '/users/me/push', { body }), 204);
});

test('[N5] what a push service does not know any more gets no further push; what it cannot take now is tried again', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const { path } = await subscribe(ada);
  const { socket } = await ben.online();
  t.after(() => {
    receiver.reply = () => ({ status: 201 });
  });
  let attempts = 0;
  receiver.reply = (push) => {
    if (push.path !== path) return { status: 201 };
    attempts += 1;
    return attempts === 1 ? { status: 503, headers: { 'retry-after': '0' } } : { status: 201 };
  };
  await say(socket, ada, 'twice');
  await receiver.next(path);
  await receiver.next(path);
  receiver.reply = (push) => ({ status: push.path === path ? 410 : 201 });
  await say(socket, ada, 'gone');
  await receiver.next(path);
  await eventually('the subscription is removed', async () => {
    const { endpoint } = await ada.get<{ endpoint: string | null }>('/users/me/push');
    return endpoint === null;
  });
  assert.ok((await pushes('gone')) >= 1);
  assert.ok((await figureOf(metrics, 'parley_push_retries_total')) >= 1);
});

test('[N7] a redirect is not followed', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const { path } = await subscribe(ada);
  const { socket } = await ben.online();
  t.after(() => {
    receiver.reply = () => ({ status: 201 });
  });
  const refused = await pushes('refused');
  const location = `${receiver.origin}/elsewhere`;
  receiver.reply = (push) => (push.path === path ? { status: 307, headers: { location } } : { status: 201 });
  await say(socket, ada, 'there?');
  await receiver.next(path);
  await eventually('it counts as refused', async () => (await pushes('refused')) === refused + 1);
  assert.equal(receiver.all.filter((push) => push.path === '/elsewhere').length, 0);
});

test('[N6] a push service that says nothing delays neither messages nor pushes to others', async (t) => {
  const dead = await PushReceiver.start(t, receiver.certificate);
  dead.reply = () => null;
  const own = await ServerProcess.start(t, {
    ...receiver.settings,
    PARLEY_PUSH_ALLOW: `${receiver.authority},${dead.authority}`,
  });
  const [ada, ben] = await twoPeople(t, own);
  const [cleo] = await twoPeople(t, own);
  await subscribe(ada, { origin: dead.origin });
  const { path } = await subscribe(cleo);
  const { socket } = await ben.online();
  const ids = Array.from({ length: 500 }, () => crypto.randomUUID());
  for (const id of ids) socket.send('message', { recipient_id: ada.id, content: 'are you there?' }, id);
  for (const id of ids) await socket.next('ack', ({ payload }) => payload.message_id === id);
  await say(socket, cleo, 'and you?');
  await receiver.next(path);
  await eventually('the dead one was asked', () => dead.all.length > 0);
  const started = performance.now();
  await own.kill('SIGTERM');
  assert.ok(performance.now() - started < 5_000, 'what waits for a push service does not hold up a stop');
});
