import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import process from 'node:process';
import { after, test } from 'node:test';
import type { z } from 'zod/mini';
import type { healthAnswer } from '../../server/protocol/resources/health.ts';
import { Registry } from 'prom-client';
import { NoticeMetrics } from '../../server/edge/ops/notice-metrics.ts';
import { ChatClient, expectStatus, freshName, twoPeople } from '../support/chat-client.ts';
import { http } from '../support/http-client.ts';
import { eventually } from '../support/eventually.ts';
import { figureOf, metricsText, metricsUrl } from '../support/metrics.ts';
import { alerts, expressionsOfDashboard, figuresIn, withoutPromtool } from '../support/monitoring.ts';
import { packageVersion as version } from '../support/paths.ts';
import { rawAnswer } from '../support/raw-http.ts';
import { say } from '../support/say.ts';
import { ServerProcess } from '../support/server-process.ts';

const server = await ServerProcess.start(
  { after },
  {
    PARLEY_METRICS_PORT: '0',
    PARLEY_SHARDS: '2',
    PARLEY_NODE_NAME: 'chat-1',
    PARLEY_PUSH_SUBJECT: 'mailto:admin@chat.example',
    // Unknown to it.
    PARLEY_HEARTBEATS: '5',
  },
);
const metrics = await metricsUrl(server);

type Health = z.infer<typeof healthAnswer>;

test('/healthz says that the process answers, /readyz what each part says', async () => {
  const health = expectStatus(await http('GET', `${server.url}/healthz`), 200).json<Health>();
  assert.deepEqual(health, { status: 'ok', checks: {}, version });
  const ready = expectStatus(await http('GET', `${server.url}/readyz`), 200).json<Health>();
  assert.equal(ready.status, 'ok');
  assert.deepEqual(ready.checks, {
    ...{ stopping: 'no', writer: 'ok', reader: 'ok', store: 'ok', clock: 'ok', disk: 'ok' },
    backup: 'off',
  });
  expectStatus(await http('HEAD', `${server.url}/readyz`), 200);
});

test('[X2] the version is in the first lines of the log, the metrics and every answer', async () => {
  for (const msg of ['starting', 'listening']) {
    const line = server.run.output.split('\n').find((each) => each.includes(`"msg":"${msg}"`)) ?? '{}';
    assert.equal((JSON.parse(line) as { version?: string }).version, version, msg);
  }
  assert.equal(
    await figureOf(
      metrics,
      `parley_build_info{version="${version}",node="${process.version}",host="chat-1"}`,
    ),
    1,
  );
  for (const path of ['/healthz', '/', '/users/me', '/nowhere', '/openapi.json']) {
    const { headers } = await http('GET', `${server.url}${path}`);
    assert.equal(headers['x-parley-version'], version, path);
  }
});

/** Issue 3, point 10, and what each of them is. */
const FAMILIES: readonly (readonly [string, string])[] = [
  ['parley_mailbox_messages', 'gauge'],
  ['parley_ask_seconds', 'histogram'],
  ['parley_frame_seconds', 'histogram'],
  ['parley_open_asks', 'gauge'],
  ['parley_link_envelopes', 'gauge'],
  ['parley_commit_writes', 'histogram'],
  ['parley_commit_seconds', 'histogram'],
  ['parley_sockets', 'gauge'],
  ['parley_dead_letters_total', 'counter'],
  ['parley_loop_lag_seconds', 'gauge'],
  ['parley_actors', 'gauge'],
  ['parley_pool_waiting_tasks', 'gauge'],
  ['parley_http_requests_total', 'counter'],
  ['parley_http_seconds', 'histogram'],
  ['parley_http_open_requests', 'gauge'],
  ['parley_socket_errors_total', 'counter'],
  ['parley_socket_closes_total', 'counter'],
  ['parley_thread_restarts_total', 'counter'],
  ['parley_resident_memory_bytes', 'gauge'],
  ['parley_build_info', 'gauge'],
  ['parley_disk_free_bytes', 'gauge'],
  ['parley_disk_bytes', 'gauge'],
  ['parley_database_bytes', 'gauge'],
  ['parley_database_wal_bytes', 'gauge'],
  ['parley_log_lines_dropped_total', 'counter'],
  ['parley_log_waiting_bytes', 'gauge'],
  ['parley_waiting_receipts', 'gauge'],
  ['parley_waiting_rosters', 'gauge'],
  ['parley_waiting_connections', 'gauge'],
  ['parley_open_exports', 'gauge'],
  ['parley_exports_total', 'counter'],
  ['parley_exported_bytes_total', 'counter'],
  ['parley_open_uploads', 'gauge'],
  ['parley_open_downloads', 'gauge'],
  ['parley_uploads_total', 'counter'],
  ['parley_attachment_bytes_total', 'counter'],
  ['parley_attachments_swept_total', 'counter'],
];

/** Of figures that are no counters. What is counted is its own unit; `info` is always 1. */
const UNITS = [
  ...['seconds', 'bytes', 'info'],
  ...[
    'actors',
    'asks',
    'connections',
    'downloads',
    'envelopes',
    'exports',
    'messages',
    'pushes',
    'questions',
    'receipts',
    'rosters',
    'requests',
    'sockets',
    'tasks',
    'uploads',
    'writes',
  ],
];

/** Each has few values, whatever users do: names in our code, and codes of the protocol, HTTP and the database. */
const BOUNDED_LABELS = [
  ...[
    'thread',
    'to',
    'of',
    'pool',
    'name',
    'reason',
    'state',
    'outcome',
    'code',
    'direction',
    'method',
    'route',
    'status',
    'type',
  ],
  ...['version', 'node', 'host', 'le'],
];

test('/metrics has every family of figures, of every thread, on a port of this machine alone', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const [a, b] = await Promise.all([ada.online(), ben.online()]);
  await say(a.socket, ben, 'something to count');
  const threads = ['edge', 'writer', 'shard:0', 'shard:1'];
  const askedOfWriter = 'parley_ask_seconds_count{thread="writer"}';
  const before = await figureOf(metrics, askedOfWriter);
  for (let i = 0; i < 20; i += 1) {
    const { payload } = await say(a.socket, ben, 'asked by the edge, and its receipt by the shard');
    b.socket.send('ack', { message_id: payload.message_id, status: 'delivered' });
    await a.socket.next('ack', ({ payload: { status } }) => status === 'delivered');
  }
  await eventually(
    'what edge and shards asked of the writer to be counted',
    async () => (await figureOf(metrics, askedOfWriter)) >= before + 40,
  );
  a.socket.sendRaw('{');
  await a.socket.next('error');
  assert.ok((await figureOf(metrics, 'parley_socket_errors_total{code="bad_request"}')) >= 1);
  await eventually('every thread to have told its figures', async () => {
    const text = await metricsText(metrics);
    return threads.every((thread) => text.includes(`parley_loop_lag_seconds{thread="${thread}"}`));
  });
  // Commits are told of with the writer's next heartbeat.
  await eventually(
    'the commit to be counted',
    async () => (await figureOf(metrics, 'parley_commit_writes_count')) > 0,
  );
  const text = await metricsText(metrics);
  for (const [name, type] of FAMILIES) {
    assert.ok(
      text.includes(`\n# TYPE ${name} ${type}\n`) || text.startsWith(`# TYPE ${name} ${type}\n`),
      name,
    );
    assert.match(text, new RegExp(`# HELP ${name} \\S`));
  }
  for (const thread of threads) {
    assert.ok(text.includes(`parley_mailbox_messages{thread="${thread}",of="longest"}`), thread);
    assert.ok(text.includes(`parley_dead_letters_total{thread="${thread}",reason="mailbox-full"} `), thread);
    assert.ok(text.includes(`parley_link_envelopes{thread="${thread}",to="`), thread);
  }
  assert.equal(await figureOf(metrics, 'parley_sockets{state="live"}'), 2);
  assert.ok((await figureOf(metrics, 'parley_commit_seconds_sum')) > 0);
  assert.ok((await figureOf(metrics, 'parley_ask_seconds_count{thread="writer"}')) > 0);
  assert.match(text, /parley_http_requests_total\{method="POST",route="\/auth\/register",status="201"\} \d/);

  assert.equal(new URL(metrics).hostname, '127.0.0.1');
  expectStatus(await http('HEAD', metrics, { foreign: true }), 200);
  expectStatus(await http('GET', `${metrics}?name=x`, { foreign: true }), 200);
  assert.equal((await http('GET', `${server.url}/metrics`)).status, 404);
  assert.equal((await http('GET', metrics.replace('/metrics', '/'), { foreign: true })).status, 404);
});

test('every figure has a help text, and its unit at the end of its name', async () => {
  const text = await metricsText(metrics);
  const families = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type = '']) => ({
    name,
    type,
  }));
  assert.ok(families.length >= FAMILIES.length);
  for (const { name, type } of families) {
    assert.match(text, new RegExp(`^# HELP ${name} [A-Z1].{5}`, 'm'));
    const unit = name.slice(name.lastIndexOf('_') + 1);
    if (type === 'counter') assert.equal(unit, 'total', name);
    else assert.ok(UNITS.includes(unit), `${name} is counted in ${unit}`);
  }
  const labels = [...text.matchAll(/[{,](\w+)="/g)].map(([, label = '']) => label);
  assert.deepEqual(
    [...new Set(labels)].filter((label) => !BOUNDED_LABELS.includes(label)),
    [],
  );
});

test('the dashboard and the alerts use figures that there are, and labels that these have', async () => {
  // Those of the notices are there with PostgreSQL only.
  const registry = new Registry();
  new NoticeMetrics([registry]);
  const text = `${await metricsText(metrics)}${await registry.metrics()}`;
  const families = [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name);
  const used = [...expressionsOfDashboard(), ...alerts().map(({ expr }) => expr)].flatMap(figuresIn);
  assert.ok(used.length > 40);
  for (const { name, labels } of used) {
    const family = families.find(
      (each) => each === name || name.replace(/_(?:bucket|sum|count)$/, '') === each,
    );
    assert.ok(family !== undefined, name);
    const series = text.split('\n').filter((line) => line.startsWith(`${name}{`));
    for (const label of labels.filter((each) => each !== 'job')) {
      assert.ok(
        series.length === 0 || series.some((line) => line.includes(`${label}="`)),
        `${name} has no ${label}`,
      );
    }
  }
});

test('promtool finds no fault in the metrics', { skip: withoutPromtool }, async () => {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: await metricsText(metrics),
    encoding: 'utf8',
  });
  assert.deepEqual([status, stdout, stderr], [0, '', '']);
});

test('nothing of a person stands in the metrics, whatever is asked for', async (t) => {
  const ada = await ChatClient.register(t, server, freshName('canary'));
  await ada.http('GET', `/users/${ada.id}`);
  await http('GET', `${server.url}/canary-path`);
  await http('CANARY', `${server.url}/users/me`).catch(() => undefined);
  const text = await metricsText(metrics);
  assert.doesNotMatch(text, /canary/i);
  assert.ok(!text.includes(ada.id));
});

test('SIGTERM: who still has a connection hears 503 of /readyz and of everything, new ones get none', async (t) => {
  const own = await ServerProcess.start(t);
  const { hostname, port } = new URL(own.url);
  const open = async (): Promise<Socket> => {
    const socket = connect(Number(port), hostname);
    t.after(() => {
      socket.destroy();
    });
    await once(socket, 'connect');
    return socket;
  };
  const kept = await open();
  assert.match(await rawAnswer(kept, 'GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n'), /^HTTP\/1\.1 200 /);
  own.run.signal('SIGTERM');
  await own.run.line('stopping');
  const answer = await rawAnswer(kept, 'GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n');
  assert.match(answer, /^HTTP\/1\.1 503 /);
  assert.match(answer, /\r\nRetry-After: \d+\r\n/i);
  assert.match(answer, /"stopping":"yes"/);
  assert.deepEqual(await own.run.exited, { code: 0, signal: null });
  await assert.rejects(open());
});

test('a second signal ends it at once', async (t) => {
  const own = await ServerProcess.start(t);
  own.run.signal('SIGTERM');
  await own.run.line('stopping');
  own.run.signal('SIGTERM');
  const { code } = await own.run.exited;
  assert.ok(code === 1 || code === 0, String(code));
});

test('an unknown PARLEY_ variable is warned of, with the one that may be meant', async () => {
  const { name, reason } = await server.run.line('config.unknown-variable');
  assert.equal(name, 'PARLEY_HEARTBEATS');
  assert.match(String(reason), /did you mean PARLEY_HEARTBEAT_S\?/);
});
