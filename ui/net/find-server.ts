import { serverAddress } from './server-address.ts';

export type ServerFault =
  /** What was typed is no address. */
  | 'noAddress'
  | 'unreachable'
  /** Nobody there, or one whose certificate this device does not trust: a page can't tell these two apart. */
  | 'noHttps'
  /** The machine answers, but not over https that this device trusts. */
  | 'notTrusted'
  /** A Parley server that speaks http only, which the person did not ask for. */
  | 'onlyHttp'
  /** Something answers that is no Parley server, or one that does not let this app in. */
  | 'notParley';

/** `address`: the origin that was asked; of `onlyHttp`, the one that would work. */
export type Found =
  | { readonly fault: null; readonly address: string; readonly version: string }
  | { readonly fault: ServerFault; readonly address: string };

type Ask = (url: string, init: RequestInit) => Promise<Response>;

const TIMEOUT_MS = 8_000;

const request = (): RequestInit => ({
  credentials: 'omit',
  cache: 'no-store',
  referrerPolicy: 'no-referrer',
  signal: AbortSignal.timeout(TIMEOUT_MS),
});

interface Answered {
  /** The origin at the end of the redirects. */
  readonly address: string;
  readonly version: string;
}

/** Who answers there: a Parley server, `somebody`, or `nobody`. */
const ask = async (origin: string, fetch: Ask): Promise<Answered | 'somebody' | 'nobody'> => {
  try {
    const answer = await fetch(`${origin}/healthz`, request());
    const { status, version } = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
    const address = answer.url === '' ? origin : new URL(answer.url).origin;
    return answer.ok && status === 'ok' && typeof version === 'string' ? { address, version } : 'somebody';
  } catch {
    // Nobody there, or somebody whose answer this page may not read: without reading it, it may ask.
    const there = await fetch(`${origin}/`, { ...request(), mode: 'no-cors' }).catch(() => null);
    return there === null ? 'nobody' : 'somebody';
  }
};

const withScheme = (origin: string, scheme: 'http' | 'https'): string => origin.replace(/^https?/, scheme);

/** Finds the Parley server somebody means who types where it is, before a name and a password are sent there. Both schemes
 *  are tried: http is taken only by who typed it, https in its place too. A page can't see why https failed, so that a
 *  machine that answers in clear only stands for a certificate that is not trusted. */
export const findServer = async (typed: string, fetch: Ask): Promise<Found> => {
  const meant = serverAddress(typed);
  if (meant === null) return { fault: 'noAddress', address: '' };
  const first = await ask(meant, fetch);
  if (typeof first === 'object') return { fault: null, ...first };
  const isHttps = meant.startsWith('https:');
  const other = withScheme(meant, isHttps ? 'http' : 'https');
  const second = await ask(other, fetch);
  if (typeof second === 'object') {
    // A redirect from http to https can't be followed here, but led to who was meant.
    if (second.address.startsWith('https:')) return { fault: null, ...second };
    return { fault: 'onlyHttp', address: second.address };
  }
  if (first === 'somebody' || (!isHttps && second === 'somebody'))
    return { fault: 'notParley', address: meant };
  if (second === 'somebody') return { fault: 'notTrusted', address: meant };
  return { fault: isHttps ? 'noHttps' : 'unreachable', address: meant };
};
