import { serverAddress } from './server-address.ts';

type ServerFault =
  /** The text is no address. */
  | 'noAddress'
  | 'unreachable'
  /** Nobody answers over https, or this device does not trust the certificate. A page can't tell these apart. */
  | 'noHttps'
  /** The machine answers, but not over an https connection that this device trusts. */
  | 'notTrusted'
  /** A Parley server that offers http only, while the user did not type http. */
  | 'onlyHttp'
  /** Something answers that is no Parley server, or a server that does not allow this app. */
  | 'notParley';

/** `address`: the origin that was asked. For `onlyHttp`, the origin that would work. */
export type ServerFound =
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
  /** The origin after all redirects. */
  readonly address: string;
  readonly version: string;
}

/** Asks who answers at an origin: a Parley server, `somebody`, or `nobody`. */
const ask = async (origin: string, fetch: Ask): Promise<Answered | 'somebody' | 'nobody'> => {
  try {
    const answer = await fetch(`${origin}/healthz`, request());
    const { status, version } = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
    const address = answer.url === '' ? origin : new URL(answer.url).origin;
    return answer.ok && status === 'ok' && typeof version === 'string' ? { address, version } : 'somebody';
  } catch {
    // Nobody answered, or the page may not read the answer. A request in `no-cors` mode tells the two apart.
    const there = await fetch(`${origin}/`, { ...request(), mode: 'no-cors' }).catch(() => null);
    return there === null ? 'nobody' : 'somebody';
  }
};

const withScheme = (origin: string, scheme: 'http' | 'https'): string => origin.replace(/^https?/, scheme);

/** Finds the Parley server that the user means, before a name and a password are sent. Both schemes are tried. Plain
 *  http is used only if the user typed it; https is accepted in its place. A page can't see why https failed, so an
 *  answer over plain http only is taken as a certificate that is not trusted. */
export const findServer = async (typed: string, fetch: Ask): Promise<ServerFound> => {
  const meant = serverAddress(typed);
  if (meant === null) return { fault: 'noAddress', address: '' };
  const first = await ask(meant, fetch);
  if (typeof first === 'object') return { fault: null, ...first };
  const isHttps = meant.startsWith('https:');
  const other = withScheme(meant, isHttps ? 'http' : 'https');
  const second = await ask(other, fetch);
  if (typeof second === 'object') {
    // The page cannot follow a redirect from http to https here, but the redirect has shown which server is meant.
    if (second.address.startsWith('https:')) return { fault: null, ...second };
    return { fault: 'onlyHttp', address: second.address };
  }
  if (first === 'somebody' || (!isHttps && second === 'somebody'))
    return { fault: 'notParley', address: meant };
  if (second === 'somebody') return { fault: 'notTrusted', address: meant };
  return { fault: isHttps ? 'noHttps' : 'unreachable', address: meant };
};
