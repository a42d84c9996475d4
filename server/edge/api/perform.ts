import { ParleyError } from '../../protocol/errors.ts';
import type { ClientAddress } from '../auth/address.ts';
import { FileOf, type Route } from './route.ts';
import type { EdgeDeps } from '../deps.ts';
import type { RequestIdentity } from '../../actors/services/tokens.ts';
import type { WireAnswer } from '../http/answer.ts';
import { BODY_WITHIN_MS, parseJson, type Body } from '../http/body.ts';
import { check, parseQuery } from '../http/checks.ts';
import type { Incoming } from '../http/incoming.ts';
import type { ReceivedBody } from '../http/received-body.ts';
import { problemAnswer, tooLarge } from '../http/problem.ts';
import { noteDone, noteRefused } from '../ops/security-log.ts';
import type { RequestLimiter } from './request-limiter.ts';

export interface RoutedRequest {
  readonly deps: EdgeDeps;
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
  readonly incoming: Incoming;
  readonly client: ClientAddress;
  readonly body: Promise<Body>;
  /** In place of `body`, for a route that reads it while it arrives. */
  readonly received: ReceivedBody | null;
  /** If absent, requests are not limited. */
  readonly limiter?: RequestLimiter;
  /** Likewise for those whose bodies are files. */
  readonly uploads?: RequestLimiter;
}

/** After which the session of a request is looked up again. Together with the look itself that is less than the 5 s after which an ended
 *  session is of no more use [P6]. */
export const SEEN_FOR_MS = 3_500;

/** Of a request that is not open to everybody. */
interface AskingSession {
  readonly who: RequestIdentity;
  /** Rejects if the session has ended since it was looked up so long ago. */
  readonly stillThere: () => Promise<void>;
}

/** Handles one request as its route declares: authenticates, checks the inputs, then runs the handler. Rejects with
 *  ParleyError for every refusal. */
export const perform = async (request: RoutedRequest): Promise<WireAnswer> => {
  const { deps, route, incoming } = request;
  const audited = { log: deps.log, route, client: request.client };
  let who: RequestIdentity | undefined;
  try {
    const session = route.open ? undefined : await sessionOf(deps, incoming);
    who = session?.who;
    if (route.role === 'admin' && who?.role !== 'admin')
      throw new ParleyError('forbidden', 'Only admins may do this.');
    const answer = await (session === undefined
      ? performFor(undefined, request)
      : performInTurn(session, request));
    // What is done is done. What was read, perhaps after this host had stood still, is for nobody whose session has ended. A file that is
    // made while it is sent looks by itself.
    if (route.method === 'GET' && answer.stream === undefined) await session?.stillThere();
    noteDone(audited, who);
    return answer;
  } catch (error) {
    noteRefused(audited, error, who);
    throw error;
  }
};

/** Within the bounds of this user. */
const performInTurn = (session: AskingSession, request: RoutedRequest): Promise<WireAnswer> => {
  const { route, limiter, uploads } = request;
  const { who } = session;
  const work = (): Promise<WireAnswer> => performFor(session, request);
  // It may take minutes, and has a bound of its own.
  if (route.upload?.isStreamed === true) return work();
  const inLine = (): Promise<WireAnswer> => limiter?.of(who.userId, work) ?? work();
  return route.upload === undefined || uploads === undefined ? inLine() : uploads.of(who.userId, inLine);
};

const performFor = async (
  session: AskingSession | undefined,
  request: RoutedRequest,
): Promise<WireAnswer> => {
  const { deps, route, incoming, client } = request;
  const uploaded = route.upload instanceof FileOf ? uploadedType(incoming, route.upload) : undefined;
  if (route.body !== undefined) checkMediaType(incoming);
  const read = await request.body;
  if (read.kind === 'too-large')
    return { ...problemAnswer(tooLarge(route.upload?.maxBytes)), close: read.more };
  if (read.kind === 'late') return { ...problemAnswer(late()), close: true };
  if (read.kind === 'gone') throw new ParleyError('bad_request', 'The request ended before its body.');
  // The body may have taken its time, and so may the requests before this one.
  await session?.stillThere();
  const params = route.params === undefined ? undefined : check(route.params, request.params, 'address');
  const sentQuery = parseQuery(incoming.query);
  const query = route.query === undefined ? undefined : check(route.query, sentQuery, 'query');
  const body = route.body === undefined ? undefined : check(route.body, parsed(read.bytes), 'body');
  const userAgent = plainText(incoming.headers.get('user-agent') ?? '');
  const upload = request.received ?? (uploaded && { type: uploaded, bytes: read.bytes });
  const ifNoneMatch = incoming.headers.get('if-none-match') ?? '';
  const given = { params, query, body, upload, ifNoneMatch, headers: incoming.headers };
  return wireAnswerOf(await route.handle({ deps, who: session?.who, ...given, client, userAgent }));
};

const wireAnswerOf = (answer: Awaited<ReturnType<Route['handle']>>): WireAnswer => {
  const { status, file, policy } = answer;
  if (file !== undefined)
    return {
      status,
      headers: [['Content-Type', file.type]],
      ...('stream' in file ? { body: null, stream: file.stream } : { body: file.bytes }),
      ...(policy !== undefined && { policy }),
    };
  const json = answer.json ?? (answer.body === undefined ? null : JSON.stringify(answer.body));
  return json === null
    ? { status, headers: [], body: null, ...(policy !== undefined && { policy }) }
    : {
        status,
        headers: [
          ['Content-Type', 'application/json; charset=utf-8'],
          ...(status === 503 ? [['Retry-After', '1'] as const] : []),
        ],
        body: json,
      };
};

const late = (): ParleyError =>
  new ParleyError(
    'bad_request',
    `The body did not arrive whole within ${String(BODY_WITHIN_MS / 1000)} seconds. Chunk extensions are not understood.`,
  );

const sessionOf = async (deps: EdgeDeps, incoming: Incoming): Promise<AskingSession> => {
  const { clock } = deps;
  let seenAt = clock.monotonic();
  const who = await identify(deps, incoming);
  const stillThere = async (): Promise<void> => {
    const now = clock.monotonic();
    if (now - seenAt < SEEN_FOR_MS) return;
    await identify(deps, incoming);
    seenAt = now;
  };
  return { who, stillThere };
};

const identify = async (deps: EdgeDeps, incoming: Incoming): Promise<RequestIdentity> => {
  const token = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(incoming.headers.get('authorization') ?? '')?.[1];
  const who = token === undefined ? null : await deps.tokens.authenticate(token);
  if (who === null) throw new ParleyError('unauthorized', 'A valid access token is needed.');
  return who;
};

const checkMediaType = (incoming: Incoming): void => {
  const [type = '', ...parameters] = (incoming.headers.get('content-type') ?? '').toLowerCase().split(';');
  const charset = parameters.map((each) => each.trim()).find((each) => each.startsWith('charset='));
  const utf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (type.trim() !== 'application/json' || !utf8 || incoming.headers.has('content-encoding')) {
    throw new ParleyError('unsupported_media_type', 'Send the body as application/json in UTF-8.');
  }
};

/** Which of the types that a route takes the body is said to have. */
const uploadedType = (incoming: Incoming, { types }: FileOf): string => {
  const [sent = ''] = (incoming.headers.get('content-type') ?? '').toLowerCase().split(';');
  const type = types.find((each) => each === sent.trim());
  if (type !== undefined && !incoming.headers.has('content-encoding')) return type;
  throw new ParleyError('unsupported_media_type', `Send the body as ${types.join(', ')}.`);
};

const parsed = (bytes: Uint8Array): unknown => {
  try {
    return parseJson(bytes);
  } catch {
    throw new ParleyError('bad_request', 'The body is not JSON in UTF-8.');
  }
};

const USER_AGENT_MAX = 256;
const plainText = (text: string): string => text.replace(/[^\x20-\x7e]/g, '').slice(0, USER_AGENT_MAX);
