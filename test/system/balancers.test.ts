import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePort } from '../../perf/machine/free-port.ts';
import { CLOSE } from '../../server/protocol/close-codes.ts';
import { HistoryCheck } from '../crash/check.ts';
import type { CrashClient } from '../crash/client.ts';
import { assertAllReceived, pairsOf, settled } from '../crash/rounds.ts';
import { moreAcks } from '../faults/under-load.ts';
import { ChatClient, freshName, type Place } from '../support/chat-client.ts';
import type { ChatSocket } from '../support/chat-socket.ts';
import { eventually } from '../support/eventually.ts';
import { http } from '../support/http-client.ts';
import { Ledger } from '../support/ledger.ts';
import { metricsText, metricsUrl } from '../support/metrics.ts';
import { withoutOwnPostgres } from '../support/postgres-missing.ts';
import { PostgresServer } from '../support/postgres-server.ts';
import { BALANCERS } from '../support/proxy-kinds.ts';
import { ReturningClients } from '../crash/returning-clients.ts';
import { RoadToPostgres } from '../support/road-to-postgres.ts';
import { say } from '../support/say.ts';
import { chance, count, testInExtended, testInFull } from '../support/scale.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { startHosts } from '../support/several-hosts.ts';
import { tempDir } from '../support/temp-dir.ts';
import { makeCertificates, programPath, TlsProxy, type ProxyKind } from '../support/tls-proxy.ts';

const PEOPLE = '127.0.0.5';
const PAIRS = 2;
const SOCKETS = 6;
const DRAIN_S = 4;
const CLOSED_WITHOUT_CODE = 1006;
const NOTICED_MS = 20_000;

interface Stage {
  readonly kind: ProxyKind;
  readonly hosts: readonly ServerProcess[];
  /** The third host's own. */
  readonly road: RoadToPostgres;
  readonly place: Place;
}

const hostOf = ({ hosts }: Stage, i: number): ServerProcess => {
  const host = hosts[i];
  assert.ok(host !== undefined);
  return host;
};

const open = async (t: TestContext, kind: ProxyKind): Promise<Stage> => {
  const database = await PostgresServer.start(t);
  const road = await RoadToPostgres.open(t, database);
  const settings = {
    PARLEY_TRUST_PROXY: '127.0.0.1,::1',
    PARLEY_DRAIN_S: String(DRAIN_S),
    PARLEY_METRICS_PORT: '0',
  };
  const cluster = await startHosts(t, 2, settings, database.url());
  await cluster.join({ PARLEY_DATABASE_URL: road.url });
  const { hosts } = cluster;
  const upstreams = hosts.map(({ url }) => new URL(url).host);
  const proxy = await TlsProxy.start(t, kind, await freePort(), upstreams, makeCertificates(t));
  const place = proxy.from(PEOPLE);
  await eventually(`${kind.name} to reach a host`, async () => {
    const { status } = await http('GET', `${place.url}/healthz`, { through: place.through, foreign: true });
    return status === 200;
  });
  return { kind, hosts, road, place };
};

for (const kind of Object.values(BALANCERS)) {
  // One of them in each run of continuous integration: each takes half a minute, and they differ in their files alone.
  const testThis = kind === BALANCERS.haproxy ? testInExtended : testInFull;
  const lacking = [kind.program, 'openssl'].filter((name) => programPath(name) === null);
  const skip = lacking.length > 0 ? `NOT RUN: ${lacking.join(' and ')} is not installed` : withoutOwnPostgres;
  testThis(`deploy/cluster/: ${kind.name} as it is shipped, in front of three hosts`, { skip }, async (t) => {
    const stage = await open(t, kind);
    await t.test('two people chat, wherever they are connected, and their address is known', (tt) =>
      chat(tt, stage),
    );
    await t.test('connections are spread over all hosts', (tt) => spread(tt, stage));
    await t.test('a host that is killed loses nobody and nothing', (tt) =>
      underLoad(tt, stage, async (load) => {
        const killed = hostOf(stage, 0);
        await killed.kill();
        await moreAcks(load.clients, 10);
        await killed.restart();
      }),
    );
    await t.test('a host that drains sends everybody away itself, and requests are answered', (tt) =>
      underLoad(tt, stage, (load) => drain(stage, load)),
    );
    // nginx finds out by itself only about hosts that do not answer.
    if (kind !== BALANCERS.nginx)
      await t.test('a host without its database gets no new connections', (tt) => cutOff(tt, stage));
  });
}

const chat = async (t: TestContext, { place }: Stage): Promise<void> => {
  const [ada, ben] = await Promise.all(
    ['ada', 'ben'].map((name) => ChatClient.register(t, place, freshName(name))),
  );
  assert.ok(ada !== undefined && ben !== undefined);
  const origin = place.url;
  const { socket: a } = await ada.online({ by: 'subprotocol', origin });
  const { socket: b } = await ben.online({ by: 'header', origin });
  await say(a, ben, 'through the balancer');
  assert.equal((await b.next('message')).payload.content, 'through the balancer');
  await say(b, ada, 'and back');
  await a.next('message');
  const login = await ada.http('POST', '/auth/login', {
    headers: { 'x-forwarded-for': '203.0.113.66' },
    body: { username: ada.username, password: 'Wrong-Horse-7' },
  });
  assert.equal(login.status, 401);
  await ChatClient.login(t, place, ada.username);
  const { sessions } = await ada.get<{ sessions: { ip_address: string }[] }>('/users/me/sessions');
  assert.deepEqual([...new Set(sessions.map((each) => each.ip_address))], [PEOPLE]);
  for (const socket of [a, b]) await socket.close();
};

const socketsAt = async (metrics: string): Promise<number> =>
  (await metricsText(metrics))
    .split('\n')
    .filter((line) => line.startsWith('parley_sockets{'))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);

const metricsOf = new WeakMap<ServerProcess['run'], string>();
const socketsOf = async (host: ServerProcess): Promise<number> => {
  // The log line that names it is taken once in each run.
  const url = metricsOf.get(host.run) ?? (await metricsUrl(host));
  metricsOf.set(host.run, url);
  return await socketsAt(url);
};

const spread = async (t: TestContext, { place, hosts }: Stage): Promise<void> => {
  const eve = await ChatClient.register(t, place, freshName('eve'));
  const sockets: ChatSocket[] = [];
  for (let i = 0; i < SOCKETS; i += 1) sockets.push((await eve.online()).socket);
  const counts = await Promise.all(hosts.map(socketsOf));
  assert.ok(Math.min(...counts) > 0, String(counts));
  for (const socket of sockets) await socket.close();
};

interface Load {
  readonly clients: readonly CrashClient[];
  readonly returning: ReturningClients;
}

/** Somebody who reads all the time. */
class Reading {
  readonly statuses = new Map<number, number>();
  readonly #done: Promise<void>;
  #isOver = false;

  constructor(person: ChatClient) {
    this.#done = this.#run(person);
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#done;
  }

  async #run(person: ChatClient): Promise<void> {
    while (!this.#isOver) {
      const { status } = await person.http('GET', '/users/me');
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    }
  }
}

/** Four people write without a pause while something happens, and somebody reads. Afterwards everything acknowledged stands once. */
const underLoad = async (
  t: TestContext,
  { place, kind }: Stage,
  happen: (load: Load) => Promise<void>,
): Promise<void> => {
  const random = chance(t);
  const ledger = new Ledger(join(tempDir(t), 'ledger.jsonl'));
  t.after(() => {
    ledger.close();
  });
  const clients = await pairsOf(t, place, ledger, { pairs: PAIRS, fork: () => random.fork() });
  const returning = new ReturningClients(clients);
  t.after(() => {
    returning.end();
  });
  const [reader] = clients;
  assert.ok(reader !== undefined);
  await moreAcks(clients, 5);
  const reading = new Reading(reader.me);
  try {
    await happen({ clients, returning });
    await moreAcks(clients, 10);
  } finally {
    await reading.end();
  }
  returning.stopFeeding();
  await settled(clients);
  const history = new HistoryCheck(ledger);
  const stored = await history.run(clients);
  await assertAllReceived(clients, history.stored);
  assert.deepEqual(
    clients.flatMap(({ breaches }) => breaches),
    [],
  );
  const reads = JSON.stringify(Object.fromEntries(reading.statuses));
  count(t, `${kind.name}, under load`, { stored, reads, refused: returning.refusals.length });
  assert.deepEqual([...reading.statuses.keys()], [200], reads);
  returning.end();
};

const drain = async (stage: Stage, { returning }: Load): Promise<void> => {
  const leaving = hostOf(stage, 1);
  assert.ok((await socketsOf(leaving)) > 0, 'nobody is connected there');
  const { code } = await leaving.kill('SIGTERM');
  assert.equal(code, 0, leaving.run.output);
  assert.ok(returning.closeCodes.length > 0);
  const codes = new Set(returning.closeCodes);
  // Caddy closes both sides at once: a client that is writing at that moment may not see the code.
  if (stage.kind === BALANCERS.caddy) codes.delete(CLOSED_WITHOUT_CODE);
  assert.deepEqual([...codes], [CLOSE.shutdown]);
  await leaving.restart();
};

const cutOff = async (t: TestContext, stage: Stage): Promise<void> => {
  const { place, road, kind } = stage;
  const host = hostOf(stage, 2);
  const people = await Promise.all(
    Array.from({ length: SOCKETS }, () => ChatClient.register(t, place, freshName('eve'))),
  );
  const sockets: ChatSocket[] = [];
  for (const person of people) sockets.push((await person.online()).socket);
  assert.ok((await socketsOf(host)) > 0);
  await road.cut();
  /** Whatever gets to that host is refused, and it has the fewest connections as soon as it has lost one. */
  const allServed = async (): Promise<boolean> => {
    const statuses = await Promise.all(people.map((person) => statusOf(person)));
    if (statuses.some((status) => status !== 200)) return false;
    const opened = await Promise.allSettled(people.map((person) => person.online()));
    for (const each of opened) if (each.status === 'fulfilled') each.value.socket.terminate();
    return opened.every(({ status }) => status === 'fulfilled');
  };
  await eventually('the host to be not ready', async () => (await statusOfHost(host)) === 503);
  await eventually(`${kind.name} to notice`, allServed, NOTICED_MS);
  for (let i = 0; i < 3; i += 1) assert.ok(await allServed());
  if (kind === BALANCERS.haproxy)
    await eventually('its sockets to be taken', async () => (await socketsOf(host)) === 0);
  for (const socket of sockets) socket.terminate();
};

const statusOf = async (person: ChatClient): Promise<number> =>
  (await person.http('GET', '/users/me')).status;
const statusOfHost = async ({ url }: ServerProcess): Promise<number> =>
  (await http('GET', `${url}/readyz`)).status;
