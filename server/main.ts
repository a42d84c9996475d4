import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { chatDirectory } from './actors/chat-directory.ts';
import { registerShardActors, registerEdgeActors, type ThreadData } from './actors/actor-registry.ts';
import { journalStream, loggable, parseConfig, type RunnableConfig } from './config.ts';
import type { Edge } from './edge/edge.ts';
import { hasKeys, openSecrets } from './edge/secrets.ts';
import { STORE_FAULT } from './edge/store-health.ts';
import { codeOf } from './protocol/errors.ts';
import { RELEASE } from './protocol/release.ts';
import { systemClock as clock } from './runtime/clock.ts';
import { Host } from './runtime/host.ts';
import { systemIds as ids } from './runtime/ids.ts';
import { logWarnings, openLog, tellStarter, useJournal } from './runtime/log.ts';
import { checkBinaries } from './runtime/native-binaries.ts';
import { Pool, type PoolOptions } from './runtime/pool.ts';
import { EXIT_REFUSED, Threads, type ChildSpec } from './runtime/threads.ts';
import { lockDataDir } from './storage/data-dir-lock.ts';
import { checkAccess } from './storage/data-dir-access.ts';
import { makeDataDir } from './storage/data-dir.ts';
import { diskUsage } from './storage/disk-usage.ts';
import { checkFiles } from './storage/file-check.ts';
import { openQueries } from './storage/queries.ts';
import { StoreError } from './storage/store-error.ts';

const EXIT_CONFIG = 78;
const STOP_WITHIN_MS = 9_000;
const READ_DEADLINE_MS = 9_500;

useJournal(journalStream());
const parsed = parseConfig();
if ('faults' in parsed) {
  for (const { name, reason } of parsed.faults) tellStarter(`${name} ${reason}`);
  process.exit(EXIT_CONFIG);
}
await run(parsed);

/** The main thread: threads first, then the doors. Composes only. */
async function run({ config, unknown, warnings }: RunnableConfig): Promise<void> {
  const log = openLog(config.logLevel, 'edge');
  const refuse = (reason: string, exitCode: number): never => {
    log.fatal({ reason }, 'refused');
    tellStarter(`Parley can't run: ${reason}`);
    process.exit(exitCode);
  };
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught');
    process.exit(70);
  });
  logWarnings(log);
  log.info({ version: RELEASE, config: loggable(config), node: process.version }, 'starting');
  for (const { name, reason } of unknown) log.warn({ name, reason }, 'config.unknown-variable');
  for (const { name, reason } of warnings) log.warn({ name, reason }, 'config.warning');
  // Before any thread loads one of them.
  const binaries = attempt(() => checkBinaries(import.meta.url, config.acceptedBinaries), refuse);
  log.info({ binaries }, 'binaries.checked');

  const data: ThreadData = {
    dataDir: config.dataDir,
    shards: config.shards,
    logLevel: config.logLevel,
    sessionTtlMs: config.refreshTtlS * 1000,
    testFaults: config.testFaults,
  };
  const secrets = attempt(() => {
    makeDataDir(config.dataDir);
    checkAccess(config.dataDir);
    lockDataDir(config.dataDir);
    // Before the keys are made: they tell whether the directory was in use.
    checkFiles(config.dataDir, hasKeys(config.dataDir));
    return openSecrets(config.dataDir, { jwt: config.jwtSecret, refresh: config.refreshSecret }, ids);
  }, refuse);

  // Threads report from their first heartbeat on, before the edge is open.
  let edge: Edge | undefined = undefined as Edge | undefined;
  const directory = chatDirectory(config.shards);
  const host: Host = new Host({
    thread: 'edge',
    directory,
    route: (thread, envelope) => threads.route(thread, envelope),
    clock,
    ids,
    log,
    onAnswered: (thread, ms) => {
      edge?.observeAsk(thread, ms);
    },
  });
  const threads: Threads = new Threads({
    host,
    clock,
    log,
    intensity: { intensity: 5, periodMs: 60_000 },
    beatMs: 400,
    missableBeats: 4,
    onRestarted: (thread) => edge?.threadRestarted(thread),
    onStats: (thread, stats) => edge?.observeThread(thread, stats),
    onGiveUp: refuse,
  });

  const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  const child = (name: ChildSpec['name'], file: string): ChildSpec => ({
    name,
    filename: fromHere(`./${file}.js`),
    data,
    peers: name === 'writer' ? shardNames : ['writer'],
  });
  const shardNames = Array.from({ length: config.shards }, (_, i): ChildSpec['name'] => `shard:${i}`);
  // All threads load their code at the same time, this one too; shards read what the writer has made or migrated.
  const writing = threads.start(child('writer', 'writer'));
  const serving = shardNames.map((name) => threads.start(child(name, 'shard'), writing));
  const { openEdge } = await import('./edge/edge.ts').catch((error: unknown) => refuse(...refusalOf(error)));
  await writing;
  const onReplaced = (cause: unknown): void => {
    log.error({ err: cause }, 'store.connection-replaced');
    edge?.count('store_connections_replaced');
  };
  const onFault = (code: string): void => {
    edge?.count(`${STORE_FAULT}${code}`);
  };
  const queries = attempt(() => openQueries(config.dataDir, { onReplaced, onFault }), refuse);
  await Promise.all(serving);
  registerEdgeActors(host, queries, {
    windowMs: config.loginWindowS * 1000,
    maxFailures: config.loginMaxFailures,
  });
  if (config.shards === 0) registerShardActors(host, queries, data.testFaults);

  const pool = (options: Pick<PoolOptions, 'threads' | 'maxQueue' | 'maxQueuePerKey' | 'deadlineMs'>): Pool =>
    new Pool(fromHere('./helper.js'), {
      ...options,
      data: { dataDir: config.dataDir },
      clock,
      log,
      onCounted: () => edge?.observePools(),
    });
  const pools = {
    hashing: pool({ threads: 1, maxQueue: 256 }),
    // Two, so that one slow read never stands before all others. Given up a little before whoever asks gives up, so that nothing
    // is asked again while it still runs.
    reading: pool({ threads: 2, maxQueue: 4096, maxQueuePerKey: 64, deadlineMs: READ_DEADLINE_MS }),
  };
  const links = (): Readonly<Record<string, number>> => threads.outstanding;
  const doors = openEdge({
    clientDir: fromHere('../ui'),
    config,
    secrets,
    host,
    links,
    directory,
    queries,
    pools,
    diskUsage: () => diskUsage(config.dataDir),
    clock,
    ids,
    log,
  });
  edge = doors;
  const url = await doors.listen().catch((error: unknown) => refuse(...refusalOf(error)));
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    clock.after(STOP_WITHIN_MS, () => process.exit(1));
    void doors
      .close()
      .then(() => threads.stop())
      .then(() => Promise.all([pools.hashing.stop(), pools.reading.stop()]))
      .then(() => {
        queries.close();
        log.info('stopped');
        process.exit(0);
      })
      .catch((error: unknown) => {
        log.fatal({ err: error }, 'stop-failed');
        process.exit(1);
      });
  };
  // Heard from before anybody is told that we are here: whoever waits for the line may stop us the next moment.
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // The terminal it was started in is gone.
  process.on('SIGHUP', stop);
  // Whoever started us waits for this line, however little else they want to hear.
  const always = config.logLevel === 'silent' ? log : openLog('info', 'edge');
  always.info({ url, version: RELEASE }, 'listening');
  tellStarter(`\n  Parley is ready: ${url}\n`, 'info');

  if (config.testFaults) {
    process.on('message', (order: { thread: ChildSpec['name']; fault: string }) => {
      threads.kill(order.thread, order.fault);
    });
  }
}

function attempt<T>(open: () => T, refuse: (reason: string, exitCode: number) => never): T {
  try {
    return open();
  } catch (error) {
    return refuse(...refusalOf(error));
  }
}

/** A place or an address that can't be is a wrong variable like any other. */
function refusalOf(error: unknown): [reason: string, exitCode: number] {
  if (error instanceof StoreError && error.reason === 'no-folder')
    return [`PARLEY_DATA_DIR: ${error.message}`, EXIT_CONFIG];
  const reason = error instanceof Error ? error.message : String(error);
  return [reason, codeOf(error) === 'bad_request' ? EXIT_CONFIG : EXIT_REFUSED];
}
