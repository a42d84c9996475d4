import { isIP } from 'node:net';

/** How the connection is encrypted, in the words of libpq. `prefer`: if the server can. Only `verify-full` proves who the server is,
 *  `verify-ca` only who signed its certificate. */
type TlsMode = (typeof TLS_MODES)[number];

/** A name or address with a port; or the directory of a Unix socket, which begins with a slash, with the port that its name ends in. */
export interface DatabaseHost {
  readonly host: string;
  readonly port: number;
}

/** Where the database is. Holds the password: log what `databaseName` returns. */
export interface ConnectionOptions {
  /** At least one. They are tried in this order. */
  readonly hosts: readonly DatabaseHost[];
  readonly user: string;
  readonly password: string | null;
  readonly database: string;
  readonly tls: TlsMode;
  /** A file of certificates in PEM; null: the authorities that Node knows. */
  readonly rootCertificates: string | null;
  readonly applicationName: string;
}

const TLS_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
const PORT = 5432;
const PARAMETERS = ['sslmode', 'sslrootcert', 'application_name', 'host', 'port'];

/** Why a URL is refused, as the end of a sentence. Never repeats the URL, which may hold a password. */
class Refusal extends Error {}

/** Reads `postgres://user:password@host:port,host:port/database?parameter=value`. */
export const parseDatabaseUrl = (
  url: string,
): { readonly options: ConnectionOptions } | { readonly reason: string } => {
  try {
    return { options: optionsOf(url) };
  } catch (error) {
    if (error instanceof Refusal) return { reason: error.message };
    throw error;
  }
};

/** The hosts and the database as they may stand in a log. */
export const databaseName = ({ hosts, database }: ConnectionOptions): string =>
  `${hosts.map(hostName).join(',')}/${database}`;

export const hostName = ({ host, port }: DatabaseHost): string =>
  `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;

const optionsOf = (url: string): ConnectionOptions => {
  const [, rest] = /^postgres(?:ql)?:\/\/(.*)$/s.exec(url) ?? [];
  if (rest === undefined) throw new Refusal('must begin with postgres://');
  if (/[#\s\p{Cc}]/u.test(rest)) {
    throw new Refusal('must not hold # or white space: write them percent-encoded, as %23 and %20');
  }
  const [head, query] = cut(rest, rest.indexOf('?'));
  const [authority, path] = cut(head, head.indexOf('/'));
  const at = authority.lastIndexOf('@');
  if (at === -1 && path?.includes('@') === true) {
    throw new Refusal('has a / before the @: write a / of the password as %2F');
  }
  const [user, password] = credentials(at === -1 ? '' : authority.slice(0, at));
  const parameters = parametersOf(query ?? '');
  return {
    hosts: hostsOf(authority.slice(at + 1), parameters),
    user,
    password,
    database: databaseOf(path ?? ''),
    tls: tlsOf(parameters),
    rootCertificates: rootsOf(parameters.get('sslrootcert')),
    applicationName: parameters.get('application_name') ?? 'parley',
  };
};

/** Before and after the character at `at`. */
const cut = (text: string, at: number): readonly [string, string | undefined] =>
  at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];

const decoded = (text: string, what: string): string => {
  try {
    const plain = decodeURIComponent(text);
    if (!plain.includes('\0')) return plain;
  } catch {
    // Said below.
  }
  throw new Refusal(`has a ${what} that is not percent-encoded UTF-8: write % itself as %25`);
};

const credentials = (text: string): readonly [string, string | null] => {
  const [user, password] = cut(text, text.indexOf(':'));
  if (user === '') throw new Refusal('must name a user: postgres://user:password@host/database');
  return [decoded(user, 'user'), password === undefined ? null : decoded(password, 'password')];
};

const databaseOf = (path: string): string => {
  if (path === '') throw new Refusal('must name a database: postgres://user:password@host/database');
  if (path.includes('/')) {
    throw new Refusal('has a second / after the host: write a / of the database as %2F');
  }
  return decoded(path, 'database');
};

const parametersOf = (query: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const pair of query.split('&').filter((each) => each !== '')) {
    const [name, value = ''] = cut(pair, pair.indexOf('='));
    // A name may be a piece of a password with a question mark.
    if (!PARAMETERS.includes(name)) {
      throw new Refusal(`has a parameter that Parley does not know; it knows ${PARAMETERS.join(', ')}`);
    }
    if (found.has(name)) throw new Refusal(`has the parameter ${name} twice`);
    if (value === '') throw new Refusal(`has the parameter ${name} without a value`);
    found.set(name, decoded(value, name));
  }
  return found;
};

const hostsOf = (text: string, parameters: ReadonlyMap<string, string>): readonly DatabaseHost[] => {
  const directory = parameters.get('host');
  const port = parameters.get('port');
  if (directory === undefined) {
    if (port !== undefined) throw new Refusal('must name the port behind its host: host:port');
    if (text === '') throw new Refusal('must name a host, or the directory of a socket as ?host=/directory');
    return text.split(',').map(hostOf);
  }
  if (text !== '') throw new Refusal('must not name a host and the directory of a socket');
  if (!directory.startsWith('/')) throw new Refusal('has a parameter host that is not a directory');
  return [{ host: directory, port: port === undefined ? PORT : portOf(port) }];
};

const hostOf = (text: string): DatabaseHost => {
  const [, bracketed, name, port] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/.exec(text) ?? [];
  const host = bracketed ?? name ?? '';
  const isHost = bracketed === undefined ? /^[A-Za-z0-9_.-]{1,253}$/.test(host) : isIP(host) === 6;
  if (!isHost) {
    throw new Refusal(
      'has a host that is neither a name nor an address (IPv6 in brackets): write @ : / ? # of a password percent-encoded',
    );
  }
  return { host, port: port === undefined ? PORT : portOf(port) };
};

const portOf = (text: string): number => {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new Refusal('has a port that is not a number from 1 to 65535');
};

const tlsOf = (parameters: ReadonlyMap<string, string>): TlsMode => {
  const text = parameters.get('sslmode') ?? 'prefer';
  const mode = TLS_MODES.find((each) => each === text);
  if (mode === undefined) throw new Refusal(`has an sslmode that is none of ${TLS_MODES.join(', ')}`);
  // As in libpq: whoever gives certificates wants them checked.
  return mode === 'require' && parameters.has('sslrootcert') ? 'verify-ca' : mode;
};

const rootsOf = (text: string | undefined): string | null => {
  if (text === undefined || text === 'system') return null;
  if (text.startsWith('/')) return text;
  throw new Refusal('has an sslrootcert that is neither an absolute path nor "system"');
};
