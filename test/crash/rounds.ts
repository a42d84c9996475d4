import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DATABASE_FILE } from '../../server/storage/sqlite/open.ts';
import { type Aftermath, type Blow, type Scene, underSend } from './blow.ts';
import { ChatClient, freshName, type Place } from '../support/chat-client.ts';
import { assertIntact, HistoryCheck } from './check.ts';
import { CrashClient } from './client.ts';
import { pause } from '../support/deadline.ts';
import { eventually } from '../support/eventually.ts';
import { Ledger } from '../support/ledger.ts';
import { seededRandom } from '../support/random-source.ts';
import { ServerProcess, type Settings } from '../support/server-process.ts';
import { type Scope, tempDir } from '../support/temp-dir.ts';

export interface CrashOptions {
  readonly rounds: number;
  readonly pairs: number;
  /** Milliseconds from the start of the load to the kill, drawn anew each round. */
  readonly killAfterMs: readonly [number, number];
  readonly seed?: number;
  readonly settings?: Settings;
  readonly say: (line: string) => void;
  /** What is under way when the server dies, one after the other; by default sending alone. */
  readonly blows?: readonly Blow[];
  /** On a disk of one's own. */
  readonly dataDir?: string;
  /** Done to the folder between a kill and the next start, to show that the checks see it. */
  readonly tamper?: (dataDir: string) => void;
}

export interface CrashCounts {
  readonly rounds: number;
  readonly acks: number;
  readonly stored: number;
  /** From the start of the process to `listening`, the slowest. */
  readonly slowestMs: number;
  /** By blow: how often what it aims at was under way. */
  readonly hits: Readonly<Record<string, number>>;
}

const SETTLE_MS = 20_000;

/** Pairs of people who write to each other. The ledger lies beside the server's folder, not in it. */
export const pairsOf = async (
  scope: Scope,
  place: Place,
  ledger: Ledger,
  {
    pairs,
    fork,
  }: { readonly pairs: number; readonly fork: () => ConstructorParameters<typeof CrashClient>[3] },
): Promise<readonly CrashClient[]> => {
  const clients: CrashClient[] = [];
  for (let i = 0; i < pairs; i += 1) {
    const [ada, ben] = await Promise.all([
      ChatClient.register(scope, place, freshName('ada')),
      ChatClient.register(scope, place, freshName('ben')),
    ]);
    clients.push(new CrashClient(ada, ben, ledger, fork()), new CrashClient(ben, ada, ledger, fork()));
  }
  return clients;
};

/** Waits until everybody's outbox is empty: each message that was ever begun has its ack. */
export const settled = async (clients: readonly CrashClient[]): Promise<void> => {
  for (const client of clients) client.stopFeeding();
  await eventually(
    'every message to be acknowledged',
    () => clients.every((each) => each.unacknowledged === 0),
    SETTLE_MS,
  );
};

/** Everybody has received, over all their connections, each of the other's messages exactly once. */
export const assertAllReceived = async (
  clients: readonly CrashClient[],
  stored: ReadonlySet<string>,
): Promise<void> => {
  const wanted = stored.size;
  const count = (): number => clients.reduce((sum, { got }) => sum + got.size, 0);
  await eventually(
    `everybody to have received all ${String(wanted)} messages`,
    () => count() >= wanted,
    SETTLE_MS,
  );
  for (const { got, me } of clients) {
    for (const [id, times] of got) {
      assert.equal(times, 1, `${me.username} got ${id} ${String(times)} times`);
      assert.ok(stored.has(id), `${me.username} got ${id}, which is not stored`);
    }
  }
};

const round = async (scene: Scene, blow: Blow, afterMs: number): Promise<Aftermath> => {
  const { clients } = scene;
  await blow.prepare?.(scene);
  // A client that is still on its way when the server dies is refused; the next round connects it again.
  const starting = Promise.allSettled(clients.map((client) => client.start(true)));
  await pause(afterMs);
  const aftermath = await blow.strike(scene);
  await starting;
  for (const client of clients) client.hangUp();
  return aftermath;
};

/** Kills the server at random points under load, as often as told; after each kill the file must be whole, and after each
 *  restart every acknowledged message must stand once, where its ack said. Returns what was counted. [P1][P2][P3][P4] */
export const crashRounds = async (scope: Scope, options: CrashOptions): Promise<CrashCounts> => {
  const { rounds, pairs, killAfterMs, seed, settings = {}, say, blows = [underSend] } = options;
  const random = seededRandom(seed, say);
  const ledger = new Ledger(join(tempDir(scope), 'ledger.jsonl'));
  scope.after(() => {
    ledger.close();
  });
  // Deleted people try to sign in after each kill, all from one address.
  const limits = { PARLEY_LOGIN_MAX_FAILURES: '1000000' };
  const server = await ServerProcess.start(scope, { ...limits, ...settings }, options.dataDir);
  const clients = await pairsOf(scope, server, ledger, { pairs, fork: () => random.fork() });
  const history = new HistoryCheck(ledger);
  const breaches = (): readonly string[] => clients.flatMap((client) => client.breaches);
  const scene = { scope, server, clients, random: random.fork() };
  const hits = new Map<string, number>();
  let slowestMs = 0;
  for (let n = 1; n <= rounds; n += 1) {
    const blow = blows[n % blows.length] ?? underSend;
    const afterMs = random.between(...killAfterMs);
    const aftermath = await round(scene, blow, afterMs);
    if (aftermath.hit) hits.set(blow.name, (hits.get(blow.name) ?? 0) + 1);
    assertIntact(server.dataDir, DATABASE_FILE);
    options.tamper?.(server.dataDir);
    const restarted = performance.now();
    await server.restart();
    const backMs = Math.round(performance.now() - restarted);
    slowestMs = Math.max(slowestMs, backMs);
    const stored = await history.run(clients);
    await aftermath.check();
    assert.deepEqual(breaches(), []);
    const acks = clients.reduce((sum, client) => sum + client.acks, 0);
    say(
      `round ${String(n)}, ${blow.name}${aftermath.hit ? '' : ' (missed)'}: killed after ${String(afterMs)} ms, listening again in ${String(backMs)} ms; ` +
        `${String(acks)} acknowledged, ${String(stored)} stored`,
    );
  }
  await Promise.all(clients.map((client) => client.start(false)));
  await settled(clients);
  await history.run(clients);
  await assertAllReceived(clients, history.stored);
  assert.deepEqual(breaches(), []);
  assert.ok(history.stored.size > rounds, 'there was no load worth the name');
  assert.equal((await server.kill('SIGTERM')).code, 0);
  assertIntact(server.dataDir, DATABASE_FILE);
  const acks = clients.reduce((sum, client) => sum + client.acks, 0);
  return { rounds, acks, stored: history.stored.size, slowestMs, hits: Object.fromEntries(hits) };
};
