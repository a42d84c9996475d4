import { brokerName, parseBroker } from '../notifier/broker-options.ts';
import { databaseName, parseDatabaseUrl } from '../storage/postgres/connection-options.ts';
import type { Config } from './config.ts';
import type { VARIABLE_NAMES } from './variables.ts';

type VariableName = Exclude<(typeof VARIABLE_NAMES)[number], `${string}_FILE` | 'PARLEY_TEST_FAULTS'>;
type Shown = string | number | null | readonly string[];

const secret = (value: string | null): string => (value === null ? 'generated' : 'given');
const mib = (bytes: number): number => bytes / 1024 / 1024;
const seconds = (ms: number): number => ms / 1000;

/** Without the password. */
const database = ({ database: given }: Config): Shown => {
  if (given === null) return null;
  const parsed = parseDatabaseUrl(given.url);
  return 'options' in parsed ? databaseName(parsed.options) : 'given';
};
const broker = ({ broker: given }: Config): Shown => {
  if (given === null) return null;
  const parsed = parseBroker(given.url);
  return 'broker' in parsed ? brokerName(parsed.broker) : 'given';
};

/** Every variable: one that is forgotten does not compile. */
const SHOWN: Readonly<Record<VariableName, (config: Config) => Shown>> = {
  PARLEY_HOST: ({ host }) => host,
  PARLEY_PORT: ({ port }) => port,
  PARLEY_DATA_DIR: ({ dataDir }) => dataDir,
  PARLEY_JWT_SECRET: ({ jwtSecret }) => secret(jwtSecret),
  PARLEY_REFRESH_SECRET: ({ refreshSecret }) => secret(refreshSecret),
  PARLEY_DATABASE_URL: database,
  PARLEY_DATABASE_POOL: (config) => config.database?.pool ?? null,
  PARLEY_BROKER_URL: broker,
  PARLEY_BROKER_PREFIX: (config) => config.broker?.prefix ?? null,
  PARLEY_NODE_NAME: ({ nodeName }) => nodeName,
  PARLEY_DRAIN_S: ({ drainMs }) => seconds(drainMs),
  PARLEY_SHARDS: ({ shards }) => shards,
  PARLEY_ALLOWED_ORIGINS: ({ allowedOrigins }) => allowedOrigins,
  PARLEY_TRUST_PROXY: ({ trustProxy }) =>
    trustProxy.map(({ address, prefix }) => `${address}/${String(prefix)}`),
  PARLEY_REGISTRATION: ({ registration }) => registration,
  PARLEY_LOG_LEVEL: ({ logLevel }) => logLevel,
  PARLEY_LOGIN_WINDOW_S: ({ loginWindowS }) => loginWindowS,
  PARLEY_LOGIN_MAX_FAILURES: ({ loginMaxFailures }) => loginMaxFailures,
  PARLEY_ACCESS_TTL_S: ({ accessTtlS }) => accessTtlS,
  PARLEY_REFRESH_TTL_S: ({ refreshTtlS }) => refreshTtlS,
  PARLEY_HEARTBEAT_S: ({ heartbeatS }) => heartbeatS,
  PARLEY_SIGNUPS_PER_HOUR: ({ signupsPerHour }) => signupsPerHour,
  PARLEY_SEND_RATE: ({ sendRate }) => sendRate,
  PARLEY_SEND_BURST: ({ sendBurst }) => sendBurst,
  PARLEY_SOCKETS_PER_IP: ({ socketsPerIp }) => socketsPerIp,
  PARLEY_METRICS_PORT: ({ metricsPort }) => metricsPort,
  PARLEY_BACKUP_DIR: ({ backups }) => backups?.dir ?? null,
  PARLEY_BACKUP_EVERY: ({ backups }) => (backups === null ? null : `${String(seconds(backups.everyMs))}s`),
  PARLEY_BACKUP_KEEP: ({ backups }) => backups?.keep ?? null,
  PARLEY_RETENTION_DAYS: ({ retentionDays }) => retentionDays,
  PARLEY_ATTACHMENT_MAX_MB: ({ attachmentMaxBytes }) => mib(attachmentMaxBytes),
  PARLEY_PUSH_SUBJECT: ({ push }) => push?.subject ?? null,
  PARLEY_PUSH_ALLOW: ({ push }) => push?.allowed ?? [],
  PARLEY_ACCEPT_BINARIES: ({ acceptedBinaries }) => acceptedBinaries,
};

const text = (value: Shown): string => {
  if (value === null) return '';
  return typeof value === 'object' ? value.join(', ') : String(value);
};

/** What each variable is set to, or what stands in for it; empty: nothing. Of a secret only whether it was given or generated is
 *  told, and of an address that may hold a password only its harmless part. */
export const settingsInForce = (
  config: Config,
): readonly { readonly name: string; readonly value: string }[] =>
  Object.entries(SHOWN).map(([name, shown]) => ({ name, value: text(shown(config)) }));
