import { resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { databaseCopy } from './actors/services/database-copy.ts';
import { fileUse } from './actors/services/file-use.ts';
import { storeAccess } from './actors/services/store-access.ts';
import { MessageTracer } from './actors/tracing/message-tracer.ts';
import { openHelperPools } from './actors/helper-pools.ts';
import { chatDirectory } from './actors/directory.ts';
import { registerShardActors, registerEdgeActors, type ThreadData } from './actors/actor-registry.ts';
import { hostNameOf } from './config/host-name.ts';
import { journalStream, loggable, parseConfig, type Config, type RunnableConfig } from './config/config.ts';
import type { EdgeOptions } from './edge/edge-options.ts';
import type { Edge } from './edge/edge.ts';
import { hasKeys, openSecrets, type Secrets } from './edge/auth/secrets.ts';
import { SigningKeys } from './edge/auth/signing-keys.ts';
import { openControl } from './edge/control/control-server.ts';
import { STORE_FAULT } from './edge/ops/count-names.ts';
import { EarlyCounts } from './edge/ops/early-counts.ts';
import { EXIT_CONFIG, refusalOf } from './edge/ops/refusal.ts';
import { stopOnSignal, type Stopping } from './edge/ops/stop-on-signal.ts';
import { faultsOf, type Faults } from './faults/faults.ts';
import { offerFirstAdmin } from './operator/first-admin.ts';
import { makePerform, type Perform } from './operator/perform.ts';
import { runningServer } from './operator/running-server.ts';
import { rotateKey } from './operator/signing-key.ts';
import { RELEASE } from './protocol/release.ts';
import { systemClock, type Clock } from './runtime/clock.ts';
import type { Directory } from './runtime/directory.ts';
import { Host } from './runtime/host.ts';
import { systemIds as ids } from './runtime/ids.ts';
import { logWarnings, openLog, tellStarter, useJournal, type Logger } from './runtime/log/log.ts';
import { checkBinaries } from './runtime/native/native-binaries.ts';
import { Threads, type ChildSpec } from './runtime/threads/threads.ts';
import { Schedules } from './schedules/schedules.ts';
import { lockDataDir } from './storage/data-dir/lock.ts';
import { checkAccess } from './storage/data-dir/access.ts';
import { makeDataDir } from './storage/data-dir/data-dir.ts';
import { diskUsage } from './storage/data-dir/disk-usage.ts';
import { removeAbandoned } from './storage/data-dir/temporary-folder.ts';
import { checkFiles } from './storage/sqlite/files/file-check.ts';
import { locateStore } from './storage/stores/at-start.ts';
import type { StoreLocation } from './storage/stores/location.ts';
import { openAttachmentBytes } from './storage/stores/open-attachment-bytes.ts';
import { openStoreQueries, storeClock, type StoreQueries } from './storage/stores/open-queries.ts';
import { storeAnswers } from './storage/stores/store-answers.ts';

/** After the drain, if there is one. */
const STOP_WITHIN_MS = 9_000;
/** With PostgreSQL: for the point queries of requests and connections. */
const EDGE_CONNECTIONS = 4;

useJournal(journalStream());
const parsed = parseConfig();
if ('faults' in parsed) {
  for (const { name, reason } of parsed.faults) tellStarter(`${name} ${reason}`);
  process.exit(EXIT_CONFIG);
}
await run(parsed);

interface Start {
  readonly config: Config;
  readonly log: Logger;
  readonly faults: Faults;
  /** Ends the process with one log line and one sentence on stderr. */
  readonly refuse: (reason: string, exitCode: number) => never;
}

/** With its store, which can be opened from now on. */
interface Located extends Start {
  readonly location: StoreLocation;
  readonly clock: Clock;
}

/** Threads report from their first heartbeat on, before the edge is open. */
interface Observer {
  edge: Edge | undefined;
  readonly counts: EarlyCounts;
  readonly tracer: MessageTracer;
}

/** The main thread: threads first, then the edge. Composes only. */
async function run(parsedConfig: RunnableConfig): Promise<void> {
  const begun = begin(parsedConfig);
  const { config, log, refuse, faults } = begun;
  const secrets = openDataDir(begun);
  const start = await locate(begun, secrets);
  const tracer = new MessageTracer(start.clock);
  const observer: Observer = { edge: undefined, counts: new EarlyCounts(), tracer };
  const directory = chatDirectory(config.shards);
  const { host, threads } = makeThreads(start, directory, observer);
  const { openEdge, store } = await startThreads(start, secrets, threads, observer);
  const { queries, now } = store;
  registerActors(host, config, queries);
  const pools = openPools(start, observer);
  const attachments = openBytes(start, host, observer);
  const schedules = new Schedules({ ...start, ids, host, attachments, program: fromHere('./cli.js') });
  const signingKeys = new SigningKeys(secrets.jwt, secrets.previousJwt);
  const operate = makeOperator(start, { host, observer, threads, attachments, schedules, signingKeys });
  const edge = openEdge({
    clientDir: fromHere('../ui'),
    config,
    secrets,
    signingKeys,
    host,
    links: () => threads.outstanding,
    directory,
    queries,
    sessionNow: now === null ? null : (sessionId) => now.session(sessionId),
    pools,
    attachmentBytes: attachments,
    diskUsage: () => diskUsage(config.dataDir),
    clockCheck: store.clockCheck,
    backups: () => schedules.backups,
    retention: () => schedules.retention,
    operate,
    tracer: observer.tracer,
    clock: start.clock,
    ids,
    log,
  });
  observer.edge = edge;
  observer.counts.to(edge.count.bind(edge));
  const control = await openControl({ dataDir: config.dataDir, perform: operate, clock: start.clock, log });
  const showFirstLink = await offerFirstAdmin(storeAccess(host).write, { ids, log });
  const url = await edge.listen().catch((error: unknown) => refuse(...refusalOf(error)));
  stopOnSignal(stopOf(start), async (at) => {
    schedules.stop();
    host.tell(databaseCopy, { type: 'cancel' });
    await Promise.all([control.close(), edge.close()]);
    at('threads');
    await threads.stop();
    await Promise.all([pools.hashing.stop(), pools.reading.stop()]);
    store.close();
  });
  schedules.start();
  sayReady(start, url);
  showFirstLink(url);
  faults.obey((thread, how) => {
    threads.kill(thread as ChildSpec['name'], how);
  });
}

function registerActors(host: Host, config: Config, queries: StoreQueries['queries']): void {
  registerEdgeActors(host, {
    windowMs: config.loginWindowS * 1000,
    maxFailures: config.loginMaxFailures,
  });
  if (config.shards === 0) registerShardActors(host, queries);
}

function openPools({ config, location, clock, log }: Located, observer: Observer): EdgeOptions['pools'] {
  return openHelperPools({
    filename: fromHere('./helper.js'),
    store: location,
    readingConnections: config.database?.pool ?? 0,
    clock,
    log,
    onCounted: () => observer.edge?.observePools(),
  });
}

function openBytes({ location }: Located, host: Host, { counts }: Observer): EdgeOptions['attachmentBytes'] {
  return openAttachmentBytes(location, { use: fileUse(storeAccess(host)), onCount: counts.onDatabase });
}

function stopOf({ config, location, log }: Located): Stopping {
  const withinMs = STOP_WITHIN_MS + config.drainMs;
  return { log, clock: systemClock, withinMs, storeAnswers: storeAnswers(location) };
}

function sayReady({ config, log }: Start, url: string): void {
  // Whoever started the server waits for this line, whatever the log level is.
  const always = config.logLevel === 'silent' ? log : openLog('info', 'edge');
  always.info({ url, version: RELEASE }, 'listening');
  tellStarter(`\n  Parley is ready: ${url}\n`, 'info');
}

function fromHere(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** Opens the log, and checks what can be checked before any thread loads code. */
function begin({ config, unknown, warnings }: RunnableConfig): Start {
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
  const binaries = attempt(() => checkBinaries(import.meta.url, config.acceptedBinaries), refuse);
  log.info({ binaries }, 'binaries.checked');
  return { config, log, refuse, faults: faultsOf(config.testFaults) };
}

/** Locks and checks the data directory, and reads or makes its keys. */
function openDataDir({ config, refuse }: Start): Secrets {
  return attempt(() => {
    makeDataDir(config.dataDir);
    checkAccess(config.dataDir);
    lockDataDir(config.dataDir);
    removeAbandoned(config.dataDir);
    // Before keys are created, because existing keys show that the directory was used.
    if (config.database === null) checkFiles(config.dataDir, hasKeys(config.dataDir));
    return openSecrets(config.dataDir, { jwt: config.jwtSecret, refresh: config.refreshSecret }, ids);
  }, refuse);
}

/** Finds the store, and waits for it where it is behind a network. */
async function locate(start: Start, secrets: Secrets): Promise<Located> {
  const { config, log, refuse } = start;
  const location = await locateStore(config, { secrets, clock: systemClock, ids, log }).catch(
    (error: unknown) => refuse(...refusalOf(error)),
  );
  return { ...start, location, clock: storeClock(location) };
}

function makeThreads({ log, refuse, clock }: Located, directory: Directory, observer: Observer) {
  const host: Host = new Host({
    thread: 'edge',
    directory,
    sendToThread: (thread, envelope) => threads.route(thread, envelope),
    clock,
    ids,
    log,
    onAnswered: (thread, ms) => {
      observer.edge?.observeAsk(thread, ms);
    },
  });
  const threads: Threads = new Threads({
    host,
    clock,
    log,
    intensity: { intensity: 5, periodMs: 60_000 },
    beatMs: 400,
    missableBeats: 4,
    onRestarted: (thread) => observer.edge?.threadRestarted(thread),
    onStats: (thread, stats) => observer.edge?.observeThread(thread, stats),
    onGiveUp: refuse,
  });
  return { host, threads };
}

/** Starts the writer and the shards. All threads load their code at the same time, this one too; shards read what the writer has
 *  made or migrated. */
async function startThreads(
  { config, log, refuse, location, clock }: Located,
  secrets: Secrets,
  threads: Threads,
  observer: Observer,
) {
  const data: ThreadData = {
    store: location,
    shards: config.shards,
    logLevel: config.logLevel,
    notices:
      config.broker === null
        ? null
        : { brokerUrl: config.broker.url, prefix: config.broker.prefix, secret: secrets.jwt },
    sessionTtlMs: config.refreshTtlS * 1000,
    testFaults: config.testFaults,
  };
  const child = (name: ChildSpec['name'], file: string): ChildSpec => ({
    name,
    filename: fromHere(`./${file}.js`),
    data,
    peers: name === 'writer' ? shardNames : ['writer'],
  });
  const shardNames = Array.from({ length: config.shards }, (_, i): ChildSpec['name'] => `shard:${i}`);
  const writing = threads.start(child('writer', 'writer'));
  const serving = shardNames.map((name) => threads.start(child(name, 'shard'), writing));
  const { openEdge } = await import('./edge/edge.ts').catch((error: unknown) => refuse(...refusalOf(error)));
  await writing;
  const onReplaced = (cause: unknown): void => {
    log.error({ err: cause }, 'store.connection-replaced');
    observer.counts.count('store_connections_replaced');
  };
  const onCount = observer.counts.onDatabase;
  const onFault = (code: string): void => {
    observer.counts.count(`${STORE_FAULT}${code}`);
  };
  const store: StoreQueries = attempt(
    () => openStoreQueries(location, clock, { connections: EDGE_CONNECTIONS, onReplaced, onFault, onCount }),
    refuse,
  );
  await Promise.all(serving);
  return { openEdge, store };
}

/** What operators ask of this server, by the socket for commands or by the admin page. */
function makeOperator(
  { config, clock }: Located,
  server: {
    host: Host;
    observer: Observer;
    threads: Threads;
    attachments: EdgeOptions['attachmentBytes'];
    schedules: Pick<Schedules, 'backups'>;
    signingKeys: SigningKeys;
  },
): Perform {
  const { host, observer, threads, attachments, signingKeys } = server;
  const { backups } = server.schedules;
  const dataDir = resolve(config.dataDir);
  const keyOwner = {
    dataDir,
    isGiven: config.jwtSecret !== null,
    tokenTtlMs: config.accessTtlS * 1000,
    clock,
    ids,
  };
  const operator = runningServer(host, {
    ...{ dataDir, config, attachments, backups },
    traces: { host: hostNameOf(config), tracer: observer.tracer },
    inspected: () => observer.edge?.inspected ?? null,
    rotateSigningKey() {
      const { secret, until } = rotateKey(keyOwner);
      signingKeys.rotate(secret, until);
      return until;
    },
    figures: () => ({
      uptimeMs: process.uptime() * 1000,
      connections: observer.edge?.connections ?? 0,
      broker: observer.edge?.broker ?? null,
      pushes: observer.edge?.push?.notifier.summary ?? null,
      proxyFaults: observer.edge?.proxyFaults ?? [],
      threads: ['edge', ...Object.keys(threads.outstanding)],
      ...(backups !== null && { lastProvenBackupAt: backups.lastProvenAt }),
    }),
  });
  return makePerform({ operator, ids, clock });
}

function attempt<T>(open: () => T, refuse: (reason: string, exitCode: number) => never): T {
  try {
    return open();
  } catch (error) {
    return refuse(...refusalOf(error));
  }
}
