import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.ts';

/** Where a push service takes pushes. */
export interface Endpoint {
  readonly url: URL;
  /** The operator allows this host and port: a push service in a private network. */
  readonly isAllowed: boolean;
}

const HTTPS_PORT = '443';

/** `host:port` as the list of allowed push services names them. */
const authorityOf = ({ hostname, port }: URL): string => `${hostname}:${port === '' ? HTTPS_PORT : port}`;

/** The endpoint of a subscription, or why the server does not send anything there. A client chooses it, so it must not lead to what only
 *  the server can reach: other ports, names and addresses of private networks. What a name stands for is checked when it is resolved.
 *  `allowed`: `host:port` of push services for which this does not hold. */
export const endpointOf = (
  text: string,
  allowed: ReadonlySet<string>,
): Endpoint | { readonly fault: string } => {
  // A URL parser passes over line breaks and tabs.
  if (!/^[\x21-\x7e]+$/.test(text) || !URL.canParse(text)) return { fault: 'must be an https URL' };
  const url = new URL(text);
  if (url.protocol !== 'https:') return { fault: 'must be an https URL' };
  if (url.username !== '' || url.password !== '') return { fault: 'must not hold a user name or password' };
  if (allowed.has(authorityOf(url))) return { url, isAllowed: true };
  if (url.port !== '') return { fault: 'must not name a port' };
  // Any spelling of an IPv4 address has become the usual one.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0 && !isPublicAddress(host)) return { fault: 'must be a public address' };
  if (/(^|\.)(localhost|local|internal)\.?$/.test(host) || !/[.:]/.test(host.replace(/\.$/, '')))
    return { fault: 'must be a public address' };
  return { url, isAllowed: false };
};
