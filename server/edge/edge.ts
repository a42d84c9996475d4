import { hostname } from 'node:os';
import type { us_listen_socket } from 'uWebSockets.js';
import { storeAccess } from '../actors/services/store-access.ts';
import type { ConnectionDeps } from '../actors/connection/open-connection.ts';
import { Quarantine } from '../actors/quarantine/quarantine.ts';
import type { Config } from '../config/config.ts';
import { CLOSE } from '../protocol/errors.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Directory } from '../runtime/directory.ts';
import type { ThreadName } from '../runtime/address.ts';
import type { Host } from '../runtime/host.ts';
import type { Ids } from '../runtime/ids.ts';
import type { ThreadStats } from '../runtime/threads/link.ts';
import { logFigures, type Logger } from '../runtime/log/log.ts';
import type { Pool } from '../runtime/threads/pool.ts';
import type { Perform } from '../operator/perform.ts';
import type { Queries, Reads } from '../storage/reads.ts';
import type { BrokerState } from '../notifier/host-notices.ts';
import { trustList } from './auth/address.ts';
import type { BackupReport } from './ops/backup-report.ts';
import type { RetentionReport } from './ops/retention-report.ts';
import { DiskWatch, type DiskWatchOptions } from './ops/disk-watch.ts';
import { drained } from './drain.ts';
import { ForwardedWatch } from './ops/forwarded-watch.ts';
import { serveServices } from './serve-services.ts';
import { serveApi } from './api/serve-api.ts';
import { listenOn } from './http/listen.ts';
import { Metrics } from './ops/metrics.ts';
import { registerProcessMetrics } from './ops/process-metrics.ts';
import { makeReadiness, type ReadinessChecks } from './ops/readiness.ts';
import { apiReference } from './api/api-reference.ts';
import { makeRoutes } from './api/table.ts';
import type { Secrets } from './auth/secrets.ts';
import type { EdgeDeps } from './deps.ts';
import type { SigningKeys } from './auth/signing-keys.ts';
import { StoreHealth } from './ops/store-health.ts';
import { ThreadFigures } from './ops/thread-figures.ts';
import { loadStaticFiles } from './http/static-files.ts';
import { openTokens, type AccessTokens } from './auth/tokens.ts';
import { uWS, uwsInUse } from './http/uws.ts';
import { Connections } from './ws/connections.ts';
import { mountWs, type WsMount } from './ws/mount.ts';
import type { UpgradeDeps } from './ws/upgrade.ts';
import type { HttpMount } from './http/mount.ts';
import { LocationCache } from './ws/location-cache.ts';
import { SendRate, SIGNALS_BURST, SIGNALS_PER_S } from './ws/send-rate.ts';

export interface EdgeOptions {
  /** The folder of the built client. */
  readonly clientDir: string;
  readonly config: Config;
  readonly secrets: Secrets;
  readonly signingKeys: SigningKeys;
  readonly host: Host;
  /** Envelopes under way to each thread. */
  readonly links: () => Readonly<Record<string, number>>;
  readonly directory: Directory;
  readonly queries: Queries;
  /** See `TokenOptions`. */
  readonly sessionNow: Reads['session'] | null;
  readonly pools: { readonly hashing: Pool; readonly reading: Pool };
  /** How full the disk of the data directory is. */
  readonly diskUsage: DiskWatchOptions['measure'];
  /** See `ReadinessChecks`. */
  readonly clockCheck: ReadinessChecks['clock'];
  readonly backups: BackupReport;
  readonly retention: RetentionReport;
  /** See `EdgeDeps`. */
  readonly operate: Perform;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
}

export interface Edge {
  /** Open WebSockets. */
  readonly connections: number;
  /** Whether this host hears the others; null where there are none. */
  readonly broker: BrokerState['state'] | null;
  /** What is wrong with the proxy in front, as far as requests have shown it. */
  readonly proxyFaults: readonly string[];
  /** Starts listening, and returns the address to open. Rejects if the port is not available. */
  listen(): Promise<string>;
  /** Tells every socket 1001, spread over the time of the drain, then stops accepting and answers what was accepted; takes at most 9 s
   *  more. New sockets are refused from the beginning. */
  close(): Promise<void>;
  threadRestarted(thread: ThreadName): void;
  observeAsk(thread: ThreadName, ms: number): void;
  /** Counts an event of this thread for `parley_events_total`. */
  count(name: string, by?: number): void;
  observeThread(thread: ThreadName, stats: ThreadStats): void;
  /** A thread of a helper pool has counted something. */
  observePools(): void;
}

/** Everything that faces the network, on the main thread. */
export const openEdge = (options: EdgeOptions): Edge => new OpenEdge(options);

class OpenEdge implements Edge {
  readonly #options: EdgeOptions;
  readonly #connections: Connections;
  readonly #health: StoreHealth;
  readonly #metrics: Metrics;
  readonly #disk: DiskWatch;
  readonly #threads: ThreadFigures;
  readonly #app = uWS.App();
  readonly #ws: WsMount;
  readonly #http: HttpMount;
  readonly #forwarded: ForwardedWatch;
  #stopping = false;
  /** After the drain. */
  #refusing = false;
  #listening: us_listen_socket | undefined;

  constructor(options: EdgeOptions) {
    this.#options = options;
    const { clientDir, config, host, links, queries, pools, diskUsage, clock, ids, log } = options;
    const locations = new LocationCache(queries);
    const hostName = config.nodeName ?? hostname();
    this.#connections = new Connections({
      ...{ host, clock, ids, locations },
      hostName,
      isShared: config.database !== null,
    });
    this.#health = new StoreHealth(clock, log);
    this.#metrics = new Metrics({ host, links, pools, port: config.metricsPort, log });
    this.#threads = new ThreadFigures(host, clock);
    this.#disk = new DiskWatch({ measure: diskUsage, clock, log });
    registerProcessMetrics(this.#metrics.registry, {
      log: logFigures,
      disk: this.#disk,
      backups: options.backups,
      retention: options.retention,
      hostName,
    });
    const deps = makeDeps(options, this.#connections, this.#threads, {
      store: () => this.#health.check,
      clock: options.clockCheck,
      isStopping: () => this.#stopping,
      broker: () => this.broker,
      disk: this.#disk.look,
      backups: options.backups,
    });
    const trustProxy = trustList(config.trustProxy);
    const forwarded = new ForwardedWatch(trustProxy, log);
    this.#forwarded = forwarded;
    this.#ws = mountWs(this.#app, {
      host,
      log,
      connections: this.#connections,
      connection: connectionDeps(options, this.#connections, locations, this.#metrics),
      upgrade: this.#upgradeDeps(deps.tokens, trustProxy),
    });
    const routes = makeRoutes();
    this.#http = serveApi(this.#app, deps, {
      stopping: () => this.#stopping,
      refusing: () => this.#refusing,
      forwarded,
      routes,
      files: loadStaticFiles(clientDir, { '/docs': () => apiReference(routes) }),
      onAnswered: (answered) => {
        this.#metrics.observeHttp(answered);
      },
      onUnderWay: (change) => {
        this.#metrics.observeUnderWay(change);
      },
    });
  }

  #upgradeDeps(tokens: AccessTokens, trustProxy: UpgradeDeps['trustProxy']): UpgradeDeps {
    const { config, log } = this.#options;
    return {
      tokens,
      allowedOrigins: config.allowedOrigins,
      trustProxy,
      forwarded: this.#forwarded,
      socketsPerIp: config.socketsPerIp,
      fromIp: (ipKey) => this.#connections.fromIp(ipKey),
      hasEnded: (sessionId) => this.#connections.hasEnded(sessionId),
      accepting: () => !this.#stopping,
      log,
    };
  }

  get proxyFaults(): readonly string[] {
    return this.#forwarded.faults;
  }

  get broker(): BrokerState['state'] | null {
    return this.#connections.broker?.state ?? null;
  }

  get connections(): number {
    return this.#connections.size;
  }

  async listen(): Promise<string> {
    const { config, log } = this.#options;
    log.info({ ...uwsInUse }, 'edge.uws');
    this.#connections.start();
    await this.#metrics.listen();
    this.#listening = await listenOn(this.#app, config);
    this.#disk.start();
    const host = config.host.includes(':') ? `[${config.host}]` : config.host;
    return `http://${host}:${String(uWS.us_socket_local_port(this.#listening))}`;
  }

  async close(): Promise<void> {
    const { clock, log } = this.#options;
    this.#stopping = true;
    this.#disk.stop();
    const unsentBefore = this.#ws.closedUnsent();
    // Load balancers see that it is not ready, and requests are still answered.
    await this.#connections.drain(this.#options.config.drainMs);
    this.#refusing = true;
    // One turn of the loop accepts what the kernel has accepted for us.
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (this.#listening !== undefined) uWS.us_listen_socket_close(this.#listening);
    this.#connections.closeAll(CLOSE.shutdown, 'the server stops');
    await drained({
      clock,
      log,
      requests: () => this.#http.underWay(),
      sockets: () => this.#connections.size,
      unsent: () => this.#ws.closedUnsent() > unsentBefore,
    });
    this.#connections.stop();
    await this.#metrics.close();
    this.#app.close();
  }

  threadRestarted(thread: ThreadName): void {
    this.#metrics.observeRestart(thread);
    this.#threads.restarted(thread);
    this.#connections.threadRestarted(thread, this.#options.directory);
  }

  observePools(): void {
    for (const [name, { counters }] of Object.entries(this.#options.pools))
      this.#health.observe(`helper:${name}`, counters);
  }

  observeAsk(thread: ThreadName, ms: number): void {
    this.#metrics.observeAsk(thread, ms);
  }

  count(name: string, by = 1): void {
    this.#health.observe('edge', this.#metrics.count(name, by));
  }

  observeThread(thread: ThreadName, stats: ThreadStats): void {
    this.#health.observe(thread, stats.counters);
    this.#metrics.observeThread(thread, stats);
    this.#threads.observe(thread, stats);
  }
}

/** What the routes work with. */
const makeDeps = (
  { config, secrets, signingKeys, host, queries, sessionNow, pools, operate, clock, ids, log }: EdgeOptions,
  connections: Connections,
  threads: ThreadFigures,
  checks: Pick<ReadinessChecks, 'store' | 'clock' | 'isStopping' | 'broker' | 'disk' | 'backups'>,
): EdgeDeps => {
  const tokens = openTokens({
    keys: signingKeys,
    accessTtlS: config.accessTtlS,
    clock,
    queries,
    sessionNow,
  });
  serveServices(host, pools, tokens);
  const { write, read } = storeAccess(host);
  return {
    config,
    clock,
    ids,
    log,
    ask: host.ask,
    tell: host.tell,
    write,
    read,
    queries,
    connectedSessions: (userId) => connections.sessionsOf(userId),
    tokens,
    secrets,
    operate,
    threads: () => threads.list(),
    readiness: makeReadiness({
      write,
      read: () => read('probe'),
      host: () => connections.standing,
      ...checks,
    }),
  };
};

/** What all connections share. */
const connectionDeps = (
  { config, host, queries, clock, log }: EdgeOptions,
  connections: Connections,
  locations: LocationCache,
  metrics: Metrics,
): ConnectionDeps => {
  const rate = new SendRate(config.sendRate, config.sendBurst, clock);
  const signals = new SendRate(SIGNALS_PER_S, SIGNALS_BURST, clock);
  return {
    heartbeatS: config.heartbeatS,
    locations,
    isCurrent: () => connections.isCurrent,
    readTogether: connections.readTogether,
    maySend: rate.take,
    quarantine: new Quarantine(clock, (messageId, attempts) => {
      log.error({ messageId, attempts }, 'message.poison');
      host.deadLetters.add('poison', undefined);
    }),
    maySignal: signals.take,
    sessionHead: (sessionId) => queries.sessionHead(sessionId),
    history: () => queries.history(),
    messageCursor: (userId, messageId) => queries.messageCursor(userId, messageId),
    onAdmitted: (userId, socketId) => {
      connections.admitted(userId, socketId);
    },
    onVisible: (userId, connection) => {
      connections.setVisible(userId, connection);
    },
    onState: (from, to) => {
      metrics.observeSocket(from, to);
    },
    onRefused: (code) => {
      metrics.observeRefusal(code);
    },
    onClosed: (code) => {
      metrics.observeClose(code);
    },
  };
};
