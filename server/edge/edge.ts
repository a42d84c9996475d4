import type { us_listen_socket } from 'uWebSockets.js';
import { helper, writer, type QueryQuestion, type WriteQuestion } from '../actors/refs.ts';
import type { SessionDeps } from '../actors/session-deps.ts';
import { Quarantine } from '../actors/quarantine.ts';
import type { Config } from '../config.ts';
import { CLOSE } from '../protocol/errors.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Directory } from '../runtime/directory.ts';
import type { ThreadName } from '../runtime/address.ts';
import type { Host } from '../runtime/host.ts';
import type { Ids } from '../runtime/ids.ts';
import type { ThreadStats } from '../runtime/link.ts';
import { logFigures, type Log } from '../runtime/log.ts';
import type { Pool } from '../runtime/pool.ts';
import type { Queries, Write } from '../storage/store.ts';
import { trustList } from './address.ts';
import { DiskWatch, type DiskWatchOptions } from './disk-watch.ts';
import { drained } from './drain.ts';
import { ForwardedWatch } from './forwarded-watch.ts';
import { serveGateways } from './gateways.ts';
import { mountHttp } from './http/mount.ts';
import { listenOn } from './listen.ts';
import { Metrics } from './metrics.ts';
import { registerProcessMetrics } from './process-metrics.ts';
import { makeReadiness } from './readiness.ts';
import { makeRoutes } from './routes/table.ts';
import type { Secrets } from './secrets.ts';
import type { Services } from './services.ts';
import { StoreHealth } from './store-health.ts';
import { loadStaticFiles } from './static-files.ts';
import { openTokens } from './tokens.ts';
import { uWS, uwsInUse } from './uws.ts';
import { Connections } from './ws/connections.ts';
import { mountWs } from './ws/mount.ts';
import { LocationCache } from './ws/location-cache.ts';
import { SendRate, SIGNALS_BURST, SIGNALS_PER_S } from './ws/send-rate.ts';

export interface EdgeOptions {
  /** The folder of the built client. */
  readonly clientDir: string;
  readonly config: Config;
  readonly secrets: Secrets;
  readonly host: Host;
  /** Envelopes under way to each thread. */
  readonly links: () => Readonly<Record<string, number>>;
  readonly directory: Directory;
  readonly queries: Queries;
  readonly pools: { readonly hashing: Pool; readonly reading: Pool };
  /** How full the disk of the data directory is. */
  readonly diskUsage: DiskWatchOptions['measure'];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

export interface Edge {
  /** The address people open. Rejects when the port can't be had. */
  listen(): Promise<string>;
  /** Stops accepting, tells every socket 1001, and answers what was accepted; takes at most 9 s. */
  close(): Promise<void>;
  threadRestarted(thread: ThreadName): void;
  observeAsk(thread: ThreadName, ms: number): void;
  /** Counts an event of this thread for `parley_events_total`. */
  count(name: string): void;
  observeThread(thread: ThreadName, stats: ThreadStats): void;
  /** A thread of a helper pool has counted something. */
  observePools(): void;
}

const WRITE_TIMEOUT_MS = 10_000;
const READ_TIMEOUT_MS = 10_000;

/** Everything that faces the network, on the main thread. */
export const openEdge = (options: EdgeOptions): Edge => {
  const { clientDir, config, secrets, host, links, directory, queries, pools, diskUsage, clock, ids, log } =
    options;
  let stopping = false;
  const tokens = openTokens({ secret: secrets.jwt, accessTtlS: config.accessTtlS, clock, queries });
  serveGateways(host, pools, tokens);
  const places = new LocationCache(queries);
  const connections = new Connections(host, clock, ids, places);
  const health = new StoreHealth(clock, log);
  const metrics = new Metrics({ host, links, pools, port: config.metricsPort, log });

  // The casts join a name's type with its own arguments again, which a generic call can't show the compiler.
  const write: Write = (type, input) =>
    host.ask(writer, { type, input } as unknown as WriteQuestion, WRITE_TIMEOUT_MS);
  const read: Services['read'] = (name, ...args) =>
    host.ask(helper, { type: 'query', name, args } as unknown as QueryQuestion, READ_TIMEOUT_MS) as never;
  const disk = new DiskWatch({ measure: diskUsage, clock, log });
  registerProcessMetrics(metrics.registry, { log: logFigures, disk });
  const readiness = makeReadiness({
    write,
    read: () => read('probe'),
    store: () => health.check,
    isStopping: () => stopping,
    disk: disk.look,
  });
  const services: Services = {
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
    readiness,
  };

  const rate = new SendRate(config.sendRate, config.sendBurst, clock);
  const signals = new SendRate(SIGNALS_PER_S, SIGNALS_BURST, clock);
  const parts: SessionDeps = {
    heartbeatS: config.heartbeatS,
    locations: places,
    maySend: rate.take,
    quarantine: new Quarantine(clock, (messageId, attempts) => {
      log.error({ messageId, attempts }, 'message.poison');
      host.deadLetters.add('poison', undefined);
    }),
    maySignal: signals.take,
    sessionHead: (sessionId) => queries.sessionHead(sessionId),
    history: () => queries.history(),
    messageCursor: (userId, messageId) => queries.messageCursor(userId, messageId),
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
  const trustProxy = trustList(config.trustProxy);
  const forwarded = new ForwardedWatch(trustProxy, log);
  const app = uWS.App();
  const ws = mountWs(app, {
    host,
    log,
    connections,
    session: parts,
    upgrade: {
      tokens,
      allowedOrigins: config.allowedOrigins,
      trustProxy,
      forwarded,
      socketsPerIp: config.socketsPerIp,
      fromIp: (ipKey) => connections.fromIp(ipKey),
      accepting: () => !stopping,
      log,
    },
  });
  const http = mountHttp(app, services, {
    stopping: () => stopping,
    forwarded,
    routes: makeRoutes(),
    files: loadStaticFiles(clientDir),
    onAnswered: (answered) => {
      metrics.observeHttp(answered);
    },
    onUnderWay: (change) => {
      metrics.observeUnderWay(change);
    },
  });

  let listening: us_listen_socket | undefined;
  return {
    async listen() {
      log.info({ ...uwsInUse }, 'edge.uws');
      await metrics.listen();
      listening = await listenOn(app, config);
      disk.start();
      const host_ = config.host.includes(':') ? `[${config.host}]` : config.host;
      return `http://${host_}:${String(uWS.us_socket_local_port(listening))}`;
    },
    async close() {
      stopping = true;
      disk.stop();
      const unsentBefore = ws.closedUnsent();
      // One turn of the loop accepts what the kernel has accepted for us.
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (listening !== undefined) uWS.us_listen_socket_close(listening);
      connections.closeAll(CLOSE.shutdown, 'the server stops');
      await drained({
        clock,
        log,
        requests: () => http.underWay(),
        sockets: () => connections.size,
        unsent: () => ws.closedUnsent() > unsentBefore,
      });
      await metrics.close();
      app.close();
    },
    threadRestarted(thread) {
      metrics.observeRestart(thread);
      connections.threadRestarted(thread, directory);
    },
    observePools() {
      for (const [name, { counters }] of Object.entries(pools)) health.observe(`helper:${name}`, counters);
    },
    observeAsk(thread, ms) {
      metrics.observeAsk(thread, ms);
    },
    count(name) {
      health.observe('edge', metrics.count(name));
    },
    observeThread(thread, stats) {
      health.observe(thread, stats.counters);
      metrics.observeThread(thread, stats);
    },
  };
};
