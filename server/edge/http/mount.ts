import type { HttpRequest, HttpResponse, TemplatedApp } from 'uWebSockets.js';
import type { Cidr } from '../../config/fields.ts';
import { isOwnFault, ParleyError } from '../../protocol/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { Logger } from '../../runtime/log/log.ts';
import { AddressBlocks, clientAddress, type ClientAddress } from '../auth/address.ts';
import type { StaticFiles } from './static-files.ts';
import { Exchange, type WireAnswer } from './answer.ts';
import { BODY_MAX_BYTES } from '../../protocol/limits.ts';
import { DRAIN_MAX_BYTES, readBody, type Body } from './body.ts';
import { API_HEADERS, SECURITY_HEADERS, corsHeaders, preflightHeaders, type Header } from './headers.ts';
import { copyIncoming, type Incoming } from './incoming.ts';
import { parsedToTheEnd } from './parsed.ts';
import { problemAnswer, tooLarge } from './problem.ts';
import { ReceivedBody } from './received-body.ts';
import { Router, type RouteMatch } from './router.ts';
import { sendStream } from './send-stream.ts';

export interface HttpDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  /** Proxies whose `X-Forwarded-For` is believed. */
  readonly trustProxy: readonly Cidr[];
  /** Origins that may read the answers. */
  readonly allowedOrigins: readonly string[];
}

export interface HttpRoute {
  readonly method: string;
  /** `:name` stands for one segment. */
  readonly path: string;
  /** For bodies that may be larger than others. `isStreamed`: the route reads the body while it arrives, and says how large it may be. */
  readonly upload?: { readonly maxBytes: number; readonly isStreamed: boolean };
}

/** A request that a route takes. */
interface RoutedCall<R> {
  readonly route: R;
  readonly params: Readonly<Record<string, string>>;
  readonly incoming: Incoming;
  readonly client: ClientAddress;
  readonly body: Promise<Body>;
  /** In place of `body`, which is empty then; null if the route does not stream. */
  readonly received: ReceivedBody | null;
  /** Resolves once every byte that came with the end of the request is parsed; rejects when the request is over by then. What
   *  changes something waits for it. */
  readonly parsed: Promise<void>;
}

export interface MountOptions<R extends HttpRoute> {
  readonly routes: readonly R[];
  /** Answers one request. What it rejects with becomes a problem document. */
  readonly perform: (request: RoutedCall<R>) => Promise<WireAnswer>;
  readonly files: StaticFiles;
  /** True while the server stops: every answer closes its connection, so that the next request can go elsewhere. */
  readonly stopping?: () => boolean;
  /** True when the drain is over: what is under way is still answered, and anything new is refused. */
  readonly refusing?: () => boolean;
  /** Sees the forwarding headers of every request. */
  readonly forwarded?: { look(remoteAddress: string, headers: Incoming['headers']): void };
  /** A request has come in (1), or is over (-1). */
  readonly onUnderWay?: (change: 1 | -1) => void;
  /** Sees every answer; `route` is a pattern of the table, never a path as sent. */
  readonly onAnswered?: (answered: { method: string; route: string; status: number; ms: number }) => void;
}

export interface HttpMount {
  /** Requests that have come in and are not answered. */
  underWay(): number;
}

/** Requests being worked on; one more is answered `unavailable`. With bodies of 64 KiB this bounds memory at 256 MiB. */
const IN_FLIGHT_MAX = 4_096;
/** Those of them whose bodies may be larger than others: with 256 KiB each, 16 MiB. */
const UPLOADS_MAX = 64;
/** Those whose bodies are streamed: with 768 KiB each, 72 MiB. Also counts those that are about to be refused; how many are taken in, their
 *  route decides. */
const STREAMED_MAX = 96;
/** Load balancers ask these to decide about further requests, so they are answered until the end. */
const ASKED_WHILE_STOPPING = new Set(['/healthz', '/readyz']);
const EMPTY: Promise<Body> = Promise.resolve({ kind: 'whole', bytes: new Uint8Array() });
const stoppingError = (): ParleyError =>
  new ParleyError('unavailable', 'The server is stopping.', { retryAfterS: 2 });

/** Serves the routes and the client's files on every path but the WebSocket's upgrade. Nothing thrown or rejected here
 *  reaches uWS, which would end the process. */
export const mountHttp = <R extends HttpRoute>(
  app: TemplatedApp,
  deps: HttpDeps,
  options: MountOptions<R>,
): HttpMount => {
  const shared: Shared<R> = {
    ...options,
    deps,
    router: new Router(options.routes),
    trusted: new AddressBlocks(deps.trustProxy),
    underWay: 0,
    uploads: 0,
    streamed: 0,
  };
  app.any('/*', (res, req) => {
    new Handling(shared, res).run(req);
  });
  return { underWay: () => shared.underWay };
};

interface Shared<R extends HttpRoute> extends MountOptions<R> {
  readonly deps: HttpDeps;
  readonly router: Router<R>;
  readonly trusted: AddressBlocks;
  underWay: number;
  uploads: number;
  streamed: number;
}

/** One request from its head to its answer. */
class Handling<R extends HttpRoute> {
  readonly #shared: Shared<R>;
  readonly #res: HttpResponse;
  readonly #exchange: Exchange;
  readonly #startedAt: number;
  readonly #requestId: string;
  #incoming: Incoming | undefined;
  #pattern = 'unknown';

  constructor(shared: Shared<R>, res: HttpResponse) {
    this.#shared = shared;
    this.#res = res;
    // Before anything that can fail.
    this.#exchange = new Exchange(res);
    this.#startedAt = shared.deps.clock.monotonic();
    this.#requestId = shared.deps.ids.next();
  }

  /** Never throws. */
  run(req: HttpRequest): void {
    try {
      const incoming = copyIncoming(this.#res, req);
      this.#incoming = incoming;
      const { method, path, fault } = incoming;
      if (fault !== null) {
        this.#refuse(new ParleyError('bad_request', fault), true);
        return;
      }
      if (this.#shared.refusing?.() === true && !ASKED_WHILE_STOPPING.has(path)) {
        this.#refuse(stoppingError());
        return;
      }
      const found = this.#shared.router.find(method, path);
      if (found.route === null) this.#unrouted(incoming, found.methods);
      else this.#routed(incoming, found.route, found.params);
    } catch (error) {
      this.#refuse(error);
    }
  }

  #routed(incoming: Incoming, route: R, params: RouteMatch<R>['params']): void {
    const shared = this.#shared;
    const { trusted } = shared;
    const { headers, remoteAddress } = incoming;
    this.#pattern = route.path;
    const isStreamed = route.upload?.isStreamed === true;
    const declared = Number(headers.get('content-length') ?? 0);
    if (declared > DRAIN_MAX_BYTES && !isStreamed) {
      // The connection stays open for as long as uWS waits (8 to 12 s), and the rest of the body is discarded: a proxy that is cut
      // off while it sends would answer its client with 502 instead.
      this.#refuse(tooLarge(route.upload?.maxBytes));
      return;
    }
    const isUpload = route.upload !== undefined && !isStreamed;
    if (
      shared.underWay >= IN_FLIGHT_MAX ||
      (isUpload && shared.uploads >= UPLOADS_MAX) ||
      (isStreamed && shared.streamed >= STREAMED_MAX)
    ) {
      this.#refuse(new ParleyError('unavailable', 'Too many requests are under way; try again.'));
      return;
    }
    this.#count(isUpload ? 1 : 0, isStreamed ? 1 : 0);
    if (!ASKED_WHILE_STOPPING.has(route.path)) shared.forwarded?.look(remoteAddress, headers);
    const received = isStreamed ? this.#receive(incoming) : null;
    const body = received === null ? this.#readBody(incoming, route, declared) : EMPTY;
    const client = clientAddress(remoteAddress, headers.get('x-forwarded-for') ?? '', trusted);
    const parsed = parsedToTheEnd(received?.ended ?? body, this.#exchange);
    // A request that changes nothing never looks at it.
    parsed.catch(() => undefined);
    shared.perform({ route, params, incoming, client, body, received, parsed }).then(
      (answer) => {
        if (received === null) this.#finish(answer);
        else void this.#answerReceived(answer, received, headers);
      },
      (error: unknown) => {
        void this.#refuseReceived(error, received, headers);
      },
    );
  }

  /** What is answered before its body has come, too: see below. */
  async #answerReceived(
    answer: WireAnswer,
    received: ReceivedBody,
    headers: Incoming['headers'],
  ): Promise<void> {
    await discardRest(received, headers);
    this.#finish(answer);
  }

  /** If it is refused before its body has come, the rest is discarded, as above. But uWS closes a connection at once of which the client
   *  has said that it is the last request; a client that is still sending would then never see the answer. */
  async #refuseReceived(
    error: unknown,
    received: ReceivedBody | null,
    headers: Incoming['headers'],
  ): Promise<void> {
    if (received?.isLate === false) await discardRest(received, headers);
    this.#refuse(error, received?.isLate);
  }

  #receive({ headers }: Incoming): ReceivedBody {
    const length = headers.get('content-length');
    return new ReceivedBody(this.#res, this.#exchange, this.#shared.deps.clock, {
      size: length === undefined ? null : Number(length),
      isChunked: headers.has('transfer-encoding'),
    });
  }

  #readBody({ headers }: Incoming, { upload }: R, declared: number): Promise<Body> {
    if (declared === 0 && !headers.has('transfer-encoding')) return EMPTY;
    const maxBytes = upload?.maxBytes ?? BODY_MAX_BYTES;
    return readBody(this.#res, this.#exchange, this.#shared.deps.clock, { maxBytes, declared });
  }

  #count(uploads: 0 | 1, streamed: 0 | 1): void {
    const shared = this.#shared;
    const add = (change: 1 | -1): void => {
      shared.underWay += change;
      shared.uploads += change * uploads;
      shared.streamed += change * streamed;
      shared.onUnderWay?.(change);
    };
    add(1);
    this.#exchange.onEnd(() => {
      add(-1);
    });
  }

  /** What no route takes: a file, a preflight, a method or a path that isn't there. */
  #unrouted(incoming: Incoming, methods: readonly string[]): void {
    const { files, deps } = this.#shared;
    const { method, path } = incoming;
    this.#pattern = methods.length > 0 ? 'other' : 'files';
    const known = methods.length > 0 ? methods : path === '/ws' ? ['GET'] : files.methods(path);
    const allow: Header = ['Allow', known.join(', ')];
    if (known.length === 0) {
      this.#refuse(new ParleyError('not_found', 'There is nothing at this address.'));
    } else if (method === 'OPTIONS') {
      const allowed = corsHeaders(incoming, deps.allowedOrigins).length > 1;
      const headers = allowed ? [allow, ...preflightHeaders(known)] : [allow];
      this.#finish({ status: 204, headers, body: null });
    } else if (!known.includes(method)) {
      const refused = new ParleyError('method_not_allowed', 'This address does not take this method.');
      const answer = problemAnswer(refused);
      this.#finish({ ...answer, headers: [...answer.headers, allow] });
    } else if (path === '/ws') {
      this.#refuseWithoutUpgrade(incoming);
    } else {
      this.#finish(files.answer(path, incoming.headers), []);
    }
  }

  /** The usual reason is a proxy that does not pass the upgrade on, which only its operator can fix. */
  #refuseWithoutUpgrade({ remoteAddress, headers }: Incoming): void {
    const lacking = ['upgrade', 'sec-websocket-key'].filter((name) => !headers.has(name));
    const reason = lacking.length === 0 ? 'no opening handshake' : `no ${lacking.join(', no ')} header`;
    this.#shared.deps.log.info({ reason, peer: remoteAddress }, 'socket.refused');
    this.#refuse(new ParleyError('bad_request', 'This address takes WebSocket connections only.'));
  }

  #refuse(error: unknown, close = false): void {
    const answer = problemAnswer(error);
    const { log } = this.#shared.deps;
    if (isOwnFault(error))
      log.error({ requestId: this.#requestId, route: this.#pattern, err: error }, 'request failed');
    this.#finish({ ...answer, close });
  }

  #finish(answer: WireAnswer, own: readonly Header[] = answer.policy ?? API_HEADERS): void {
    const { deps, onAnswered, stopping } = this.#shared;
    const { clock, allowedOrigins, log } = deps;
    const incoming = this.#incoming;
    const headers = [
      ...answer.headers,
      ...own,
      ...SECURITY_HEADERS,
      ...(incoming === undefined ? [] : corsHeaders(incoming, allowedOrigins)),
      ['X-Request-Id', this.#requestId] as const,
    ];
    const method = incoming?.method ?? '';
    const connection = incoming?.headers.get('connection') ?? '';
    // uWS takes every value of five characters for "close", and does not find "close" among other options.
    const clientCloses = connection.length === 5;
    const asksToClose = connection.split(',').some((option) => option.trim().toLowerCase() === 'close');
    const close = answer.close === true || stopping?.() === true || (asksToClose && !clientCloses);
    const head = method === 'HEAD';
    const whole = { ...answer, headers, close };
    if (answer.stream !== undefined && !head) {
      // An answer to whoever has gone is not counted, like any other.
      const isOver = this.#exchange.over;
      void sendStream(this.#exchange, whole, answer.stream, { clock, clientCloses });
      if (isOver) return;
    } else {
      answer.stream?.ended('gone');
      if (!this.#exchange.write(whole, { head, clientCloses })) return;
    }
    const ms = clock.monotonic() - this.#startedAt;
    const { status } = answer;
    onAnswered?.({ method, route: this.#pattern, status, ms });
    const line = { requestId: this.#requestId, method, route: this.#pattern, status, ms: Math.round(ms) };
    log.debug(line, 'answered');
  }
}

const discardRest = async (received: ReceivedBody, headers: Incoming['headers']): Promise<void> => {
  if (headers.get('connection')?.toLowerCase() === 'close') await received.discard();
};
