import type { us_listen_socket } from 'uWebSockets.js';
import { ReceiptWriter } from '../actors/connection/receipt-writer.ts';
import { storeAccess } from '../actors/services/store-access.ts';
import { hostNameOf } from '../config/host-name.ts';
import { CLOSE } from '../protocol/close-codes.ts';
import type { ThreadName } from '../runtime/address.ts';
import type { ThreadStats } from '../runtime/threads/link.ts';
import { logFigures } from '../runtime/log/log.ts';
import type { BrokerState } from '../notifier/host-notices.ts';
import { Attachments } from './attachments/attachments.ts';
import { AddressBlocks } from './auth/address.ts';
import { registerAttachmentMetrics } from './ops/attachment-metrics.ts';
import { DiskWatch } from './ops/disk-watch.ts';
import { drained } from './drain.ts';
import { ForwardedWatch } from './ops/forwarded-watch.ts';
import { serveApi } from './api/serve-api.ts';
import { listenOn } from './http/listen.ts';
import { Metrics } from './ops/metrics.ts';
import { registerOwnDataMetrics } from './ops/own-data-metrics.ts';
import { registerProcessMetrics } from './ops/process-metrics.ts';
import { registerWaitingMetrics } from './ops/waiting-metrics.ts';
import { apiReference } from './api/api-reference.ts';
import { makeRoutes } from './api/table.ts';
import type { EdgeDeps } from './deps.ts';
import type { EdgeOptions } from './edge-options.ts';
import { makeDeps } from './make-deps.ts';
import { OwnDataExports } from './own-data/own-data-exports.ts';
import { StoreHealth } from './ops/store-health.ts';
import { Inspected } from './ops/inspected.ts';
import { loadStaticFiles } from './http/static-files.ts';
import { type AccessTokens } from './auth/tokens.ts';
import { uWS, uwsInUse } from './http/uws.ts';
import { connectionDeps } from './ws/connection-deps.ts';
import { Connections } from './ws/connections.ts';
import { OpeningTurns } from './ws/opening-turns.ts';
import { mountWs, type WsMount } from './ws/mount.ts';
import type { UpgradeDeps } from './ws/upgrade.ts';
import { openPush, type OpenPush } from './push/open-push.ts';
import { registerPushMetrics } from './push/push-metrics.ts';
import type { HttpMount } from './http/mount.ts';
import { LocationCache } from './ws/location-cache.ts';

export interface Edge {
  /** Open WebSockets. */
  readonly connections: number;
  /** Whether this host hears the others; null where there are none. */
  readonly broker: BrokerState['state'] | null;
  /** What is wrong with the proxy in front, as far as requests have shown it. */
  readonly proxyFaults: readonly string[];
  /** What the live inspector shows of this host. */
  readonly inspected: Inspected;
  /** Null if no pushes are sent. */
  readonly push: OpenPush | null;
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
  readonly inspected: Inspected;
  readonly #options: EdgeOptions;
  readonly #connections: Connections;
  readonly #health: StoreHealth;
  readonly #metrics: Metrics;
  readonly #disk: DiskWatch;
  readonly #app = uWS.App();
  readonly #ws: WsMount;
  readonly #http: HttpMount;
  readonly #forwarded: ForwardedWatch;
  readonly #ownDataExports: OwnDataExports;
  readonly #attachments: Attachments;
  readonly #receipts: ReceiptWriter;
  readonly push: OpenPush | null;
  #stopping = false;
  /** After the drain. */
  #refusing = false;
  #listening: us_listen_socket | undefined;

  constructor(options: EdgeOptions) {
    this.#options = options;
    const { config, host, links, queries, pools, diskUsage, clock, ids, log } = options;
    const locations = new LocationCache(queries);
    const hostName = hostNameOf(config);
    this.#metrics = new Metrics({ host, links, pools, port: config.metricsPort, log });
    this.push = this.#openPush();
    this.#receipts = new ReceiptWriter(host, clock);
    this.#connections = new Connections({
      onStored: this.push?.notifier.offer.bind(this.push.notifier),
      ...{ host, clock, ids, locations },
      hostName,
      isShared: config.database !== null,
      tracer: options.tracer,
    });
    const openingTurns = new OpeningTurns();
    registerWaitingMetrics(this.#metrics.registry, {
      receipts: this.#receipts,
      rosters: this.#connections.rosters,
      openingTurns,
    });
    this.#health = new StoreHealth(clock, log);
    this.inspected = new Inspected(hostName, host, this.#metrics.registry);
    this.#disk = new DiskWatch({ measure: diskUsage, clock, log });
    registerProcessMetrics(this.#metrics.registry, {
      log: logFigures,
      disk: this.#disk,
      backups: options.backups,
      retention: options.retention,
      hostName,
    });
    this.#ownDataExports = openOwnDataExports(options, this.#metrics.registry);
    this.#attachments = this.#openAttachments();
    const deps = makeDeps(options, this.#connections, this.#ownDataExports, this.#attachments, this.push, {
      store: () => this.#health.check,
      clock: options.clockCheck,
      isStopping: () => this.#stopping,
      broker: () => this.broker,
      disk: this.#disk.look,
      backups: options.backups,
    });
    const trustProxy = new AddressBlocks(config.trustProxy);
    const forwarded = new ForwardedWatch(trustProxy, log);
    this.#forwarded = forwarded;
    this.#ws = mountWs(this.#app, {
      host,
      log,
      connections: this.#connections,
      connection: connectionDeps(options, {
        ...{ connections: this.#connections, locations, metrics: this.#metrics },
        sends: deps.sends,
        frames: this.inspected.frames,
        receipts: this.#receipts,
        openingTurns,
      }),
      upgrade: this.#upgradeDeps(deps.tokens, trustProxy),
    });
    this.#http = this.#serveApi(deps, forwarded);
  }

  #serveApi(deps: EdgeDeps, forwarded: ForwardedWatch): HttpMount {
    const routes = makeRoutes();
    return serveApi(this.#app, deps, {
      stopping: () => this.#stopping,
      refusing: () => this.#refusing,
      forwarded,
      routes,
      files: loadStaticFiles(this.#options.clientDir, { '/docs': () => apiReference(routes) }),
      onAnswered: (answered) => {
        this.#metrics.observeHttp(answered);
      },
      onUnderWay: (change) => {
        this.#metrics.observeUnderWay(change);
      },
    });
  }

  /** With PostgreSQL the bytes are on no disk of this host. */
  #openAttachments(): Attachments {
    const { config, attachmentBytes, queries, clock, ids, log } = this.#options;
    const attachments = new Attachments({
      bytes: attachmentBytes,
      maxBytes: config.attachmentMaxBytes,
      disk: async () =>
        config.database !== null || (await this.#disk.look()) === 'unknown' ? null : this.#disk.figures,
      ...{ queries, clock, ids, log },
    });
    registerAttachmentMetrics(this.#metrics.registry, attachments);
    return attachments;
  }

  #openPush(): OpenPush | null {
    const { config, secrets, host, clock, ids, log } = this.#options;
    const push = openPush(config, secrets, {
      ...storeAccess(host),
      ...{ clock, log },
      isVisible: (userId) => this.#connections.of(userId).some(({ visible }) => visible),
      hostId: () => this.#connections.hostId,
      random: () => (ids.random(1)[0] ?? 0) / 256,
    });
    if (push !== null) registerPushMetrics(this.#metrics.registry, push.notifier);
    return push;
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
    this.#attachments.start();
    const host = config.host.includes(':') ? `[${config.host}]` : config.host;
    return `http://${host}:${String(uWS.us_socket_local_port(this.#listening))}`;
  }

  async close(): Promise<void> {
    const { clock, log } = this.#options;
    this.#stopping = true;
    this.#ownDataExports.refuse();
    this.#attachments.refuse();
    this.#disk.stop();
    const unsentBefore = this.#ws.closedUnsent();
    // Load balancers see that it is not ready, and requests are still answered.
    await this.#connections.drain(this.#options.config.drainMs);
    this.#refusing = true;
    this.#ownDataExports.stop();
    this.#attachments.stop();
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
    this.#receipts.stop();
    this.#connections.stop();
    this.push?.notifier.stop();
    this.inspected.threads.stop();
    this.#options.tracer.stop();
    await this.#options.attachmentBytes.close();
    await this.#metrics.close();
    this.#app.close();
  }

  threadRestarted(thread: ThreadName): void {
    this.#metrics.observeRestart(thread);
    this.inspected.threads.restarted(thread);
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
    this.inspected.threads.observe(thread, stats);
  }
}

const openOwnDataExports = (
  { host, attachmentBytes, queries, clock, log }: EdgeOptions,
  registry: Metrics['registry'],
): OwnDataExports => {
  const { read } = storeAccess(host);
  const exports = new OwnDataExports({ read, attachments: attachmentBytes, queries, clock, log });
  registerOwnDataMetrics(registry, exports);
  return exports;
};
