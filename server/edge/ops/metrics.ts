import { createServer, type Server } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { StreamState } from '../../actors/connection/open-connection.ts';
import type { CloseCode } from '../../protocol/close-codes.ts';
import { ParleyError, type ErrorCode } from '../../protocol/errors.ts';
import type { ThreadName } from '../../runtime/address.ts';
import type { Host } from '../../runtime/host.ts';
import type { ThreadStats } from '../../runtime/threads/link.ts';
import type { Logger } from '../../runtime/log/log.ts';
import type { Pool } from '../../runtime/threads/pool.ts';
import { ThreadMetrics } from './thread-metrics.ts';

export interface MetricsOptions {
  readonly host: Host;
  readonly links: () => Readonly<Record<string, number>>;
  readonly pools: Readonly<Record<string, Pool>>;
  /** Null: nobody listens. */
  readonly port: number | null;
  readonly log: Logger;
}

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
/** Every 20 ms a timer is due; what comes on top is lag. */
const LAG_RESOLUTION_MS = 20;

/** The process's figures in Prometheus's format, on a port of its own that only this machine reaches. Threads post their
 *  figures with each heartbeat (prom-client knows no worker threads); the edge's own are read when asked for. */
export class Metrics {
  readonly registry = new Registry();
  readonly #http: Counter<'method' | 'route' | 'status'>;
  readonly #httpSeconds: Histogram<'route'>;
  readonly #askSeconds: Histogram<'thread'>;
  readonly #sockets: Gauge<'state'>;
  readonly #threads: ThreadMetrics;
  readonly #underWay: Gauge;
  readonly #refusals: Counter<'code'>;
  readonly #closes: Counter<'code'>;
  readonly #restarts: Counter<'thread'>;
  readonly #host: Host;
  readonly #pools: MetricsOptions['pools'];
  readonly #links: MetricsOptions['links'];
  readonly #port: number | null;
  readonly #log: Logger;
  readonly #lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  /** Events of the main thread, by name. */
  readonly #counters: Record<string, number> = {};
  #server: Server | undefined;

  constructor({ host, links, pools, port, log }: MetricsOptions) {
    this.#port = port;
    this.#log = log;
    const registers = [this.registry];
    this.#http = new Counter({
      name: 'parley_http_requests_total',
      help: 'Answered HTTP requests',
      labelNames: ['method', 'route', 'status'],
      registers,
    });
    this.#httpSeconds = new Histogram({
      name: 'parley_http_seconds',
      help: 'From the head of a request to its answer',
      labelNames: ['route'],
      buckets: SECONDS,
      registers,
    });
    this.#askSeconds = new Histogram({
      name: 'parley_ask_seconds',
      help: 'From a question to its answer, by the thread that answers',
      labelNames: ['thread'],
      buckets: SECONDS,
      registers,
    });
    this.#threads = new ThreadMetrics(registers, this.#askSeconds);
    this.#underWay = new Gauge({
      name: 'parley_http_open_requests',
      help: 'HTTP requests without an answer yet',
      registers,
    });
    this.#restarts = new Counter({
      name: 'parley_thread_restarts_total',
      help: 'Threads that were lost and started again',
      labelNames: ['thread'],
      registers,
    });
    this.#refusals = new Counter({
      name: 'parley_socket_errors_total',
      help: 'Error frames by code',
      labelNames: ['code'],
      registers,
    });
    this.#closes = new Counter({
      name: 'parley_socket_closes_total',
      help: 'Sessions of WebSockets that ended, by close code; 1000: the client went',
      labelNames: ['code'],
      registers,
    });
    this.#sockets = new Gauge({
      name: 'parley_sockets',
      help: 'Open WebSockets: those that read the log, follow it live, or lag behind a client that does not read',
      labelNames: ['state'],
      registers,
    });
    for (const state of ['reading', 'live', 'lagging'] as const) this.#sockets.set({ state }, 0);
    new Gauge({
      name: 'parley_pool_waiting_tasks',
      help: 'Tasks that wait in a pool of helpers',
      labelNames: ['pool'],
      registers,
      collect() {
        for (const [name, pool] of Object.entries(pools)) this.set({ pool: name }, pool.waiting);
      },
    });
    new Gauge({
      name: 'parley_resident_memory_bytes',
      help: 'Resident memory of the process',
      registers,
      collect() {
        this.set(process.memoryUsage.rss());
      },
    });
    this.#host = host;
    this.#pools = pools;
    this.#links = links;
  }

  /** A connection's change of state; null is before it opens and after it closes. */
  observeSocket(from: StreamState | null, to: StreamState | null): void {
    if (from !== null) this.#sockets.dec({ state: from });
    if (to !== null) this.#sockets.inc({ state: to });
  }

  observeRefusal(code: ErrorCode): void {
    this.#refusals.inc({ code });
  }

  observeClose(code: CloseCode): void {
    this.#closes.inc({ code: String(code) });
  }

  observeRestart(thread: ThreadName): void {
    this.#restarts.inc({ thread });
  }

  observeUnderWay(change: 1 | -1): void {
    this.#underWay.inc(change);
  }

  /** `route` is a pattern of the table, so the number of series is bounded. */
  observeHttp({
    method,
    route,
    status,
    ms,
  }: {
    method: string;
    route: string;
    status: number;
    ms: number;
  }): void {
    this.#http.inc({ method: METHODS.has(method) ? method : 'other', route, status: String(status) });
    this.#httpSeconds.observe({ route }, ms / 1000);
  }

  observeAsk(thread: ThreadName, ms: number): void {
    this.#askSeconds.observe({ thread }, ms / 1000);
  }

  /** Returns all counters of this thread. */
  count(name: string, by: number): Readonly<Record<string, number>> {
    this.#counters[name] = (this.#counters[name] ?? 0) + by;
    return this.#counters;
  }

  observeThread(thread: ThreadName, stats: ThreadStats): void {
    this.#threads.observe(thread, stats);
  }

  /** Everything as it stands now. The edge is a thread like the others, only nobody sends it a heartbeat. */
  text(): Promise<string> {
    this.#threads.observe('edge', this.#ownStats(this.#host));
    for (const [name, pool] of Object.entries(this.#pools)) this.#threads.observePool(name, pool.counters);
    return this.registry.metrics();
  }

  /** Rejects when the port is taken; does nothing where none is wanted. */
  async listen(): Promise<void> {
    if (this.#port === null) return;
    this.#lag.enable();
    const port = this.#port;
    const server = createServer((request, response) => {
      const isGet = request.method === 'GET' || request.method === 'HEAD';
      if (!isGet || request.url?.split('?', 1)[0] !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      this.text().then(
        (text) => {
          response.writeHead(200, { 'Content-Type': this.registry.contentType }).end(text);
        },
        (error: unknown) => {
          this.#log.error({ err: error }, 'metrics failed');
          response.writeHead(500).end();
        },
      );
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', ({ code }: NodeJS.ErrnoException) => {
        const reason = `port ${String(port)} on 127.0.0.1 can't be had (${String(code)})`;
        const isWrong = code === 'EACCES';
        reject(new ParleyError(isWrong ? 'bad_request' : 'unavailable', `PARLEY_METRICS_PORT: ${reason}`));
      });
      server.listen(port, '127.0.0.1', resolve);
    });
    const address = server.address();
    const bound = address !== null && typeof address === 'object' ? address.port : port;
    this.#log.info({ url: `http://127.0.0.1:${String(bound)}/metrics` }, 'metrics listening');
  }

  async close(): Promise<void> {
    this.#lag.disable();
    const server = this.#server;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
  }

  #ownStats(host: Host): ThreadStats {
    const { total, longest } = host.depth;
    const loopLagMs = Math.max(0, this.#lag.max / 1e6 - LAG_RESOLUTION_MS);
    this.#lag.reset();
    return {
      actors: host.actors,
      actorsByKind: host.actorsByKind,
      mailboxDepth: total,
      mailboxLongest: longest,
      asks: host.asks.size,
      links: this.#links(),
      deadLetters: { ...host.deadLetters.counts },
      loopLagMs,
      counters: { ...this.#counters },
      samples: {},
    };
  }
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'PUT', 'PATCH']);
