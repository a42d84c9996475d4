import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import type { AuditResource } from '../../server/protocol/resources/admin.ts';
import {
  HOPS,
  type InspectedHost,
  type HostList,
  type MessageTrace,
  type TraceList,
} from '../../server/protocol/resources/inspector.ts';
import { ChatClient, expectStatus, freshName } from '../support/chat-client.ts';
import type { ChatSocket } from '../support/chat-socket.ts';
import { eventually } from '../support/eventually.ts';
import { figureOf, metricsText, metricsUrl } from '../support/metrics.ts';
import { commandAnswer, runCommand } from '../support/operator-command.ts';
import { withoutPostgres } from '../support/postgres-missing.ts';
import { promote } from '../support/promote.ts';
import { RunningCommand } from '../support/running-command.ts';
import { say } from '../support/say.ts';
import { ServerProcess } from '../support/server-process.ts';
import { startHosts } from '../support/several-hosts.ts';

const TEXT = 'a text that no trace may hold';

const armedAt = async (admin: ChatClient, username: string | null = null): Promise<void> => {
  expectStatus(await admin.http('POST', '/admin/api/traces', { body: { username } }), 201);
};
const tracesOf = (admin: ChatClient): Promise<TraceList> => admin.get<TraceList>('/admin/api/traces');

/** The trace of a message once it is complete. */
const traceOf = async (admin: ChatClient, messageId: string): Promise<MessageTrace> => {
  let found: MessageTrace | undefined;
  await eventually('the trace to be complete', async () => {
    found = (await tracesOf(admin)).traces.find(({ message_id: id }) => id === messageId);
    return found?.is_done === true;
  });
  assert.ok(found !== undefined);
  return found;
};

const acknowledge = (socket: ChatSocket, messageId: string): void => {
  socket.send('ack', { message_id: messageId, status: 'delivered' });
};

interface Stage {
  readonly admin: ChatClient;
  readonly ada: ChatClient;
  readonly ben: ChatClient;
  readonly a: ChatSocket;
  readonly b: ChatSocket;
}
const people = async (
  t: Parameters<typeof ChatClient.register>[0],
  server: ServerProcess,
): Promise<Stage> => {
  const admin = await ChatClient.register(t, server, freshName('admin'));
  await promote(server, admin.username);
  const ada = await ChatClient.register(t, server, freshName('ada'));
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const [{ socket: a }, { socket: b }] = [await ada.online(), await ben.online()];
  return { admin, ada, ben, a, b };
};

/** All stations, in their order, as long together as the whole was measured to be. */
const assertWhole = ({ hops, total_us: total }: MessageTrace): void => {
  assert.deepEqual(
    hops.map(({ hop }) => hop),
    HOPS,
  );
  assert.ok(total !== null && total > 0);
  const sum = hops.reduce((us, { took_us: took }) => us + took, 0);
  assert.equal(sum, hops.at(-1)?.at_us);
  assert.ok(Math.abs(sum - total) <= total / 10, `${String(sum)} of ${String(total)} µs`);
  for (const [i, { at_us: at }] of hops.entries()) assert.ok(at >= (hops[i - 1]?.at_us ?? 0));
};

const provePath = async ({ admin, ada, ben, a, b }: Stage): Promise<void> => {
  await armedAt(admin);
  const started = performance.now();
  const { payload } = await say(a, ben, TEXT);
  await b.next('message', ({ payload: { message_id: id } }) => id === payload.message_id);
  acknowledge(b, payload.message_id);
  const trace = await traceOf(admin, payload.message_id);
  // Not until the ack: the sender can have that before the server stamps that it wrote it.
  const seenUs = (performance.now() - started) * 1000;
  assertWhole(trace);
  assert.ok(Number(trace.total_us) <= seenUs, 'the server counts no time that nobody waited');
  assert.deepEqual(
    [trace.outcome, trace.failure, trace.sender.username, trace.notice_sent, trace.batch_writes],
    ['sent', null, ada.username, false, 1],
  );
  const { sockets, written_us: written, delivered_us: delivered } = trace.recipient;
  assert.deepEqual([sockets, written.length], [1, 1]);
  const heard = trace.hops.find(({ hop }) => hop === 'heard')?.at_us ?? Infinity;
  assert.ok(Number(written[0]) >= heard && Number(delivered) >= Number(written[0]));
};

const STORES = [
  { store: 'SQLite', skip: false },
  { store: 'PostgreSQL', skip: withoutPostgres },
] as const;
const start = async (t: TestContext, store: string, shards: number): Promise<ServerProcess> => {
  if (store === 'SQLite') return await ServerProcess.start(t, { PARLEY_SHARDS: String(shards) });
  const { hosts } = await startHosts(t, 1, { PARLEY_SHARDS: String(shards) });
  const [host] = hosts;
  assert.ok(host !== undefined);
  return host;
};

for (const { store, skip } of STORES) {
  for (const shards of [0, 2]) {
    test(
      `[A13] the stations of a message add up to its time, on ${store} with ${String(shards)} shards`,
      { skip },
      async (t) => {
        await provePath(await people(t, await start(t, store, shards)));
      },
    );
  }
}

const server = await ServerProcess.start({ after }, { PARLEY_METRICS_PORT: '0', PARLEY_NODE_NAME: 'chat-1' });
const stage = await people({ after }, server);
const { admin, ada, ben, a, b } = stage;

test('[A13] a trace waits for the next message of one user, and for no other; it is cancelled, and is in the audit log', async () => {
  await armedAt(admin, ada.username.toUpperCase());
  const { host, armed } = await tracesOf(admin);
  assert.deepEqual([host, armed?.username], ['chat-1', ada.username]);
  expectStatus(await admin.http('POST', '/admin/api/traces', { body: {} }), 409);
  const other = await say(b, ada, 'from ben');
  const { payload } = await say(a, ben, TEXT);
  acknowledge(b, payload.message_id);
  const trace = await traceOf(admin, payload.message_id);
  assert.deepEqual(
    [trace.sender, (await tracesOf(admin)).armed],
    [{ id: ada.id, username: ada.username }, null],
  );
  const { traces } = await tracesOf(admin);
  assert.ok(traces.every(({ message_id: id }) => id !== other.payload.message_id));
  expectStatus(await admin.http('POST', '/admin/api/traces', { body: { username: 'nobody.here' } }), 404);
  await armedAt(admin);
  const cancel = async () =>
    expectStatus(await admin.http('DELETE', '/admin/api/traces'), 200).json<{ changed: boolean }>().changed;
  assert.deepEqual([await cancel(), await cancel()], [true, false]);
  const { records } = await admin.get<{ records: AuditResource[] }>('/admin/api/audit?limit=3');
  assert.deepEqual(
    records.map(({ action, user, actor_username: by }) => [action, user?.username, by]),
    [
      ['trace.cancel', undefined, admin.username],
      ['trace.arm', undefined, admin.username],
      ['trace.arm', ada.username, admin.username],
    ],
  );
});

test('[A13] no trace holds a text, or who gets the message', async () => {
  await armedAt(admin);
  const { payload } = await say(a, ben, TEXT);
  acknowledge(b, payload.message_id);
  await traceOf(admin, payload.message_id);
  const { text } = await admin.http('GET', '/admin/api/traces');
  for (const secret of [...TEXT.split(' ').filter(({ length }) => length > 5), ben.id, ben.username])
    assert.ok(!text.includes(secret), secret);
  assert.ok(!text.includes(payload.conversation_id));
});

test('[A13] a repeat, and a message that is refused, say what became of them and where', async () => {
  const id = crypto.randomUUID();
  await say(a, ben, 'once', id);
  await armedAt(admin);
  await say(a, ben, 'once', id);
  const repeated = await traceOf(admin, id);
  assert.equal(repeated.outcome, 'repeated');
  assertWhole(repeated);
  const refused = async (content: string, to: { readonly id: string }, messageId: string) => {
    await armedAt(admin);
    a.send('message', { recipient_id: to.id, content }, messageId);
    await a.next('error', ({ payload }) => payload.ref === messageId);
    const { outcome, failure, hops } = await traceOf(admin, messageId);
    assert.equal(hops.at(-1)?.hop, 'answered');
    return [outcome, failure?.code, failure?.place];
  };
  assert.deepEqual(await refused('twice', ben, id), ['failed', 'conflict', 'rules']);
  assert.deepEqual(await refused('to oneself', ada, crypto.randomUUID()), [
    'failed',
    'bad_request',
    'connection',
  ]);
});

test('[A13] after the deletion of an account its name is in no trace', async (t) => {
  const zoe = await ChatClient.register(t, server, freshName('zoe'));
  const { socket } = await zoe.online();
  await armedAt(admin, zoe.username);
  const { payload } = await say(socket, ben, 'soon gone');
  acknowledge(b, payload.message_id);
  assert.equal((await traceOf(admin, payload.message_id)).sender.username, zoe.username);
  expectStatus(await admin.http('DELETE', `/admin/api/users/${zoe.username}`), 204);
  assert.equal((await traceOf(admin, payload.message_id)).sender.username, 'Deleted User');
});

test('parley trace waits for a message and draws its path; list and cancel; with --json', async () => {
  const command = new RunningCommand(server.dataDir, ['trace', '--from', ada.username, '--json']);
  await eventually('the trace to be armed', async () => (await tracesOf(admin)).armed !== null);
  const { payload } = await say(a, ben, TEXT);
  acknowledge(b, payload.message_id);
  assert.equal(await command.ended, 0, command.stderr);
  assertWhole(JSON.parse(command.stdout) as MessageTrace);
  const listed = await runCommand(server.dataDir, ['trace', 'list']);
  assert.match(
    listed.stdout,
    new RegExp(`^message ${payload.message_id} from ${ada.username}, .*: sent after `),
  );
  assert.match(listed.stdout, /^committed +writer +[\d.]+ (µs|ms) +[\d.]+ (µs|ms) +=*$/m);
  assert.match((await runCommand(server.dataDir, ['trace', 'cancel'])).stdout, /None was waited for/);
});

test('[P9] the inspector names the host, and tells what frames cost, and how busy threads are', async () => {
  a.send('typing', { conversation_id: (await ada.conversationWith(ben)).id, typing: true });
  await say(a, ben, 'hello');
  const look = () => admin.get<InspectedHost>('/admin/api/threads');
  await eventually('two figures of each thread', async () => {
    const { threads } = await look();
    return threads.every(({ busy_share: busy }) => busy !== null) && threads.length > 1;
  });
  const { host, threads, frames } = await look();
  assert.equal(host, 'chat-1');
  const messages = frames.find(({ type }) => type === 'message');
  assert.ok(messages !== undefined && messages.count > 0 && messages.per_second > 0);
  assert.ok(messages.p50_ms > 0 && messages.p50_ms <= messages.p99_ms && messages.p99_ms <= messages.max_ms);
  assert.ok(frames.some(({ type }) => type === 'ack'));
  const [edge] = threads;
  assert.equal(edge?.name, 'edge');
  assert.ok((edge.actors_by_type['connection'] ?? 0) >= 2);
  assert.equal(
    Object.values(edge.actors_by_type).reduce((sum, count) => sum + count, 0),
    edge.actors,
  );
  for (const { name, mailbox_depth: depth, loop_delay_ms: delay } of threads) {
    assert.ok(depth.p99 <= depth.max && delay.p99 <= delay.max && delay.max > 0, name);
  }
  assert.ok((threads.find(({ name }) => name === 'writer')?.mailbox_depth.max ?? 0) >= 1);
  assert.deepEqual(await admin.get<HostList>('/admin/api/hosts'), { host: 'chat-1', hosts: [] });
  const command = await commandAnswer<InspectedHost & HostList>(server.dataDir, ['inspect']);
  assert.deepEqual([command.host, command.hosts], ['chat-1', []]);
  assert.deepEqual(
    command.threads.map(({ name }) => name),
    threads.map(({ name }) => name),
  );
  assert.ok(command.frames.some(({ type, count }) => type === 'message' && count > 0));
  const { stdout } = await runCommand(server.dataDir, ['inspect']);
  assert.match(stdout, /^host chat-1/);
  assert.match(stdout, /^FRAME +PER SECOND .*\n(?:.*\n)*message +[\d.]+ +[\d.]+ ms /m);
  assert.match(stdout, /^writer +(?:\d+ %|-) +\d+ % /m);
  assert.match(stdout, /^writer: [\d.]+ writes per second, commits p50 /m);
  const metrics = await metricsUrl(server);
  const text = await metricsText(metrics);
  assert.ok((await figureOf(metrics, 'parley_frame_seconds_count{type="message"}')) >= messages.count);
  assert.match(text, /^parley_frame_seconds_bucket\{le="\+Inf",type="message"\} [1-9]/m);
});

test(
  '[H1] several hosts: each names itself and all others, and a trace says that these were told',
  { skip: withoutPostgres },
  async (t) => {
    const { hosts } = await startHosts(t, 2);
    const [one, other] = hosts;
    assert.ok(one !== undefined && other !== undefined);
    const here = await people(t, one);
    for (const host of hosts) {
      const at = here.admin.at(host);
      await eventually(
        'both hosts',
        async () => (await at.get<HostList>('/admin/api/hosts')).hosts.length === 2,
      );
    }
    const { host } = await here.admin.at(other).get<HostList>('/admin/api/hosts');
    assert.equal(host, 'host-2');
    const zoe = (await ChatClient.register(t, one, freshName('zoe'))).at(other);
    const { socket } = await zoe.online();
    await armedAt(here.admin);
    const { payload } = await say(here.a, zoe, TEXT);
    await socket.next('message', ({ payload: { message_id: id } }) => id === payload.message_id);
    const trace = await traceOf(here.admin, payload.message_id);
    assertWhole(trace);
    assert.deepEqual([trace.notice_sent, trace.recipient.sockets], [true, 0]);
  },
);
