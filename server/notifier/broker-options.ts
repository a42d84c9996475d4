/** Where notices go. Holds passwords: log what `brokerName` returns. */
export type Broker =
  | { readonly kind: 'none' }
  /** The database itself. */
  | { readonly kind: 'postgres' }
  | NatsBroker
  | RedisBroker;

/** What a URL holds of a login. */
interface Credentials {
  readonly user: string | null;
  readonly password: string | null;
}
export interface NatsBroker extends Credentials {
  readonly kind: 'nats';
  /** `host:port`, at least one. A user without a password is a token. */
  readonly servers: readonly string[];
  readonly isEncrypted: boolean;
}
export interface RedisBroker extends Credentials {
  readonly kind: 'redis';
  readonly host: string;
  readonly port: number;
  readonly isEncrypted: boolean;
}

/** Scheme → what it stands for. `tls` is the scheme of NATS for an encrypted connection. */
const SCHEMES = {
  nats: { kind: 'nats', isEncrypted: false },
  tls: { kind: 'nats', isEncrypted: true },
  redis: { kind: 'redis', isEncrypted: false },
  rediss: { kind: 'redis', isEncrypted: true },
} as const;
const PORTS = { nats: 4222, redis: 6379 } as const;

/** Why a text is refused, as the end of a sentence. Never repeats the text, which may hold a password. */
class BrokerRefusal extends Error {}

/** Reads `none`, `postgres`, `nats://user:password@host:port,host:port` or `redis://user:password@host:port`. */
export const parseBroker = (text: string): { readonly broker: Broker } | { readonly reason: string } => {
  if (text === 'none' || text === 'postgres') return { broker: { kind: text } };
  try {
    return { broker: brokerAt(text) };
  } catch (error) {
    if (error instanceof BrokerRefusal) return { reason: error.message };
    throw error;
  }
};

/** What is wrong with a text, null if nothing is. */
export const faultInBroker = (text: string): string | null => {
  const parsed = parseBroker(text);
  return 'reason' in parsed ? parsed.reason : null;
};

/** A broker as it may stand in a log. */
export const brokerName = (broker: Broker): string => {
  if (broker.kind === 'nats') return `nats ${broker.servers.join(',')}`;
  if (broker.kind === 'redis') return `redis ${authorityOf(broker.host, broker.port)}`;
  return broker.kind;
};

/** What separates clusters on one broker. The least that every broker takes: NATS divides subjects by dots, and PostgreSQL cuts
 *  names at 63 bytes. */
export const brokerPrefixFault = (text: string): string | null =>
  /^[A-Za-z0-9_-]{1,40}$/.test(text) ? null : 'must have 1 to 40 letters a-z, digits, hyphens or underscores';

/** The name of a host in logs and metrics. */
export const hostLabelFault = (text: string): string | null =>
  /^[A-Za-z0-9._-]{1,64}$/.test(text)
    ? null
    : 'must have 1 to 64 letters a-z, digits, dots, hyphens or underscores';

/** The subject, channel or name that notices are sent to. */
export const noticeChannel = (prefix: string): string => `${prefix}.notices`;

const brokerAt = (text: string): NatsBroker | RedisBroker => {
  const [, scheme = '', rest = ''] = /^([a-z]+):\/\/(.*)$/s.exec(text) ?? [];
  if (!Object.hasOwn(SCHEMES, scheme)) {
    throw new BrokerRefusal('must be none or postgres, or begin with nats://, tls://, redis:// or rediss://');
  }
  if (/[?#\s\p{Cc}]/u.test(rest)) {
    throw new BrokerRefusal(
      'must not hold ?, # or white space: write them percent-encoded, as %3F, %23 and %20',
    );
  }
  const { kind, isEncrypted } = SCHEMES[scheme as keyof typeof SCHEMES];
  const at = rest.lastIndexOf('@');
  const [hosts = '', ...path] = rest.slice(at + 1).split('/');
  if (path.join('/') !== '' && !(kind === 'redis' && /^\d{1,5}$/.test(path.join('/')))) {
    throw new BrokerRefusal('must end after the port: write a / of the password as %2F');
  }
  const servers = hosts.split(',').map((host) => serverOf(host, PORTS[kind]));
  const credentials = at === -1 ? NOBODY : credentialsOf(rest.slice(0, at));
  if (kind === 'nats') {
    const addresses = servers.map(({ host, port }) => authorityOf(host, port));
    return { kind, servers: addresses, isEncrypted, ...credentials };
  }
  const [server, ...others] = servers;
  if (server === undefined || others.length > 0) throw new BrokerRefusal('must name one host');
  if (credentials.user !== null && credentials.password === null) {
    throw new BrokerRefusal(
      'has a user without a password: write a password alone as redis://:password@host',
    );
  }
  // Channels belong to no database, so the number of one changes nothing.
  return { kind, ...server, isEncrypted, ...credentials };
};

const NOBODY: Credentials = { user: null, password: null };

const credentialsOf = (text: string): Credentials => {
  if (/[@/]/.test(text)) throw new BrokerRefusal('has an @ or a / in its login: write them as %40 and %2F');
  const at = text.indexOf(':');
  const user = decoded(at === -1 ? text : text.slice(0, at));
  const password = at === -1 ? null : decoded(text.slice(at + 1));
  if (user === '' && (password ?? '') === '') throw new BrokerRefusal('has nothing before the @');
  return { user: user === '' ? null : user, password };
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new BrokerRefusal('has a login that is not percent-encoded UTF-8: write % itself as %25');
  }
};

const serverOf = (text: string, otherwise: number): { readonly host: string; readonly port: number } => {
  const [, six, name, port] = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = six ?? name;
  if (host === undefined) {
    throw new BrokerRefusal(
      'has a host that is neither a name nor an address with or without a port; write @ : / of a password percent-encoded',
    );
  }
  const number = port === undefined ? otherwise : Number(port);
  if (number < 1 || number > 65_535)
    throw new BrokerRefusal('has a port that is not a number from 1 to 65535');
  return { host, port: number };
};

const authorityOf = (host: string, port: number): string =>
  `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
