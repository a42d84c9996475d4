import type { HttpRequest, HttpResponse, us_socket_context_t } from 'uWebSockets.js';
import type { ResumePoint } from '../../actors/connection/resume.ts';
import { codeOf, isOwnFault, ParleyError } from '../../protocol/errors.ts';
import { uuid, witness } from '../../protocol/fields.ts';
import { SUBPROTOCOL } from '../../protocol/version.ts';
import type { Logger } from '../../runtime/log/log.ts';
import { clientAddress, type AddressBlocks, type ClientAddress } from '../auth/address.ts';
import type { ForwardedWatch } from '../ops/forwarded-watch.ts';
import { Exchange } from '../http/answer.ts';
import { API_HEADERS, SECURITY_HEADERS } from '../http/headers.ts';
import { copyIncoming, type Incoming } from '../http/incoming.ts';
import { problemAnswer } from '../http/problem.ts';
import { noteRefused } from '../ops/security-log.ts';
import { originAllowed } from '../auth/origins.ts';
import type { AccessTokens } from '../auth/tokens.ts';
import { handshakeFault, handshakeOf, WEBSOCKET_VERSION } from './handshake.ts';
import type { Admission, SocketData } from './socket-data.ts';

export interface UpgradeDeps {
  readonly tokens: Pick<AccessTokens, 'authenticateNow'>;
  readonly allowedOrigins: readonly string[];
  readonly trustProxy: AddressBlocks;
  readonly forwarded: Pick<ForwardedWatch, 'look'>;
  /** 0: no limit. */
  readonly socketsPerIp: number;
  readonly fromIp: (ipKey: string) => number;
  readonly hasEnded: (sessionId: string) => boolean;
  /** False while the server stops. */
  readonly accepting: () => boolean;
  readonly log: Logger;
}

const BEARER = 'bearer.';
const UPGRADE = { method: 'GET', path: '/ws' } as const;
const STOPPING = new ParleyError('unavailable', 'The server is stopping.', { retryAfterS: 2 });

/** Accepts a WebSocket handshake, or answers in HTTP: 400, 401, 403 for a foreign origin, 429, 503 [O1] [O2].
 *
 *  Everything happens synchronously inside uWS's callback. A response that is upgraded later has to be corked, and if the socket
 *  then grows in place, `cork` reads the new WebSocket as the old response. By chance it can find that the connection is to be
 *  closed, and the client sees 1006 right after 101 (uWebSockets#1929). */
export const upgrade = (
  res: HttpResponse,
  req: HttpRequest,
  context: us_socket_context_t,
  deps: UpgradeDeps,
): void => {
  const exchange = new Exchange(res);
  let client: ClientAddress = { address: 'unknown', key: 'unknown' };
  try {
    const incoming = copyIncoming(res, req);
    deps.forwarded.look(incoming.remoteAddress, incoming.headers);
    const { key, extensions, offered } = handshakeOf(incoming);
    client = clientAddress(
      incoming.remoteAddress,
      incoming.headers.get('x-forwarded-for') ?? '',
      deps.trustProxy,
    );
    const admission = admit(incoming, offered, client, deps);
    const protocol = offered.includes(SUBPROTOCOL) ? SUBPROTOCOL : '';
    res.upgrade<SocketData>(
      { admission, outbound: undefined, live: undefined },
      key,
      protocol,
      extensions,
      context,
    );
  } catch (error) {
    noteRefused({ log: deps.log, route: UPGRADE, client }, error, undefined);
    if (codeOf(error) === 'bad_request' && error instanceof Error)
      deps.log.info({ reason: error.message, address: client.address }, 'socket.refused');
    if (isOwnFault(error)) deps.log.error({ err: error }, 'socket.upgrade-failed');
    const answer = problemAnswer(error);
    const own = [...answer.headers, ['Sec-WebSocket-Version', WEBSOCKET_VERSION] as const];
    const headers = [...own, ...SECURITY_HEADERS, ...API_HEADERS];
    // Bytes after a refused handshake may have been meant as frames.
    exchange.write({ ...answer, headers, close: true });
  }
};

const admit = (
  incoming: Incoming,
  offered: readonly string[],
  { address, key: ipKey }: ClientAddress,
  deps: UpgradeDeps,
): Admission => {
  const fault = handshakeFault(incoming);
  if (fault !== null) throw new ParleyError('bad_request', fault);
  if (!deps.accepting()) throw STOPPING;
  const origin = incoming.headers.get('origin');
  const host = incoming.headers.get('host') ?? '';
  if (origin !== undefined && !originAllowed(origin, host, deps.allowedOrigins)) {
    throw new ParleyError('forbidden', 'Pages of this origin may not connect.', {
      logged: foreignOrigin(origin, host),
    });
  }
  const token = tokenOf(incoming, offered);
  const identity = token === null ? null : deps.tokens.authenticateNow(token);
  if (identity === null || deps.hasEnded(identity.sessionId))
    throw new ParleyError('unauthorized', 'A valid access token is needed.');
  const resume = resumeOf(incoming.query);
  const visible = visibleOf(incoming.query);
  if (deps.socketsPerIp > 0 && deps.fromIp(ipKey) >= deps.socketsPerIp) {
    throw new ParleyError('too_many_requests', 'Too many connections from this address.', {
      retryAfterS: 10,
    });
  }
  return { identity, resume, visible, address, ipKey };
};

const LOGGED_MAX = 200;
/** For the operator's log: behind a proxy that replaces Host, the server's own page has a foreign origin. */
const foreignOrigin = (origin: string, host: string): string =>
  `Origin ${origin.slice(0, LOGGED_MAX)} is neither the request's Host (${host.slice(0, LOGGED_MAX) || 'empty'}) nor in ` +
  'PARLEY_ALLOWED_ORIGINS; a proxy must pass Host through';

/** The header, or the subprotocol for browsers; never the URL, which ends up in logs. Two that differ are refused. */
const tokenOf = ({ headers }: Incoming, offered: readonly string[]): string | null => {
  const header = /^Bearer (\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  if (headers.has('authorization') && header === undefined) return null;
  const subprotocols = offered
    .filter((each) => each.startsWith(BEARER))
    .map((each) => each.slice(BEARER.length));
  const tokens = new Set([...(header === undefined ? [] : [header]), ...subprotocols]);
  const [token] = tokens;
  return tokens.size === 1 && token !== undefined ? token : null;
};

const visibleOf = (query: string): boolean => {
  const presence = new URLSearchParams(query).get('presence') ?? 'online';
  if (presence !== 'online' && presence !== 'offline')
    throw new ParleyError('bad_request', 'presence must be online or offline.');
  return presence === 'online';
};

const resumeOf = (query: string): ResumePoint => {
  const given = new URLSearchParams(query);
  const [cursor, history, witnessed] = [given.get('cursor'), given.get('history'), given.get('witness')];
  if (history !== null && !uuid.safeParse(history).success)
    throw new ParleyError('bad_request', 'history must be a lower-case UUID.');
  if (witnessed !== null && !witness.safeParse(witnessed).success)
    throw new ParleyError('bad_request', 'witness must be the id of a message, a colon and its cursor.');
  const [messageId = '', at = ''] = witnessed?.split(':') ?? [];
  return {
    cursor: cursor === null ? null : wholeNumber(cursor, 'cursor'),
    ...(history === null ? {} : { history }),
    ...(witnessed === null ? {} : { witness: { messageId, cursor: wholeNumber(at, 'witness') } }),
  };
};

const wholeNumber = (text: string, name: string): number => {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(number)) throw new ParleyError('bad_request', `${name} must be a whole number.`);
  return number;
};
