import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { brokerName, faultInBroker, parseBroker } from '../notifier/broker-options.ts';
import { expandHome, type Cidr } from './fields.ts';
import { secretOf, type SecretName } from './secrets.ts';
import { databaseName, parseDatabaseUrl } from '../storage/postgres/connection-options.ts';
import { readVariables, type ConfigFault, type ReadVariables } from './variables.ts';

const DATA_DIR = './data';
const MIB = 1024 * 1024;

/** What the operator chose, as plain data that may cross threads. Units stand in the names. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** Null: made at the first start and kept in the data dir. Never logged. */
  readonly jwtSecret: string | null;
  /** Likewise. */
  readonly refreshSecret: string | null;
  /** PostgreSQL; null: SQLite in the data dir. The URL holds the password and is never logged. `pool`: reading connections. */
  readonly database: { readonly url: string; readonly pool: number } | null;
  /** How the hosts on one database tell each other of changes; null: SQLite has one host. The URL may hold a password and is never
   *  logged. `prefix`: separates clusters on one broker. */
  readonly broker: { readonly url: string; readonly prefix: string } | null;
  /** The name of this host, for operators; null: that of the machine. */
  readonly nodeName: string | null;
  /** How long a stop takes to tell all connections to go elsewhere. */
  readonly drainMs: number;
  readonly shards: number;
  readonly allowedOrigins: readonly string[];
  readonly trustProxy: readonly Cidr[];
  readonly registration: 'open' | 'invite' | 'closed';
  readonly logLevel: string;
  readonly loginWindowS: number;
  readonly loginMaxFailures: number;
  readonly accessTtlS: number;
  readonly refreshTtlS: number;
  readonly heartbeatS: number;
  /** 0: no limit. */
  readonly signupsPerHour: number;
  /** Messages a second; 0: no limit. */
  readonly sendRate: number;
  readonly sendBurst: number;
  readonly socketsPerIp: number;
  /** Null: no metrics listener. */
  readonly metricsPort: number | null;
  /** Scheduled backups; null: none. */
  readonly backups: { readonly dir: string; readonly everyMs: number; readonly keep: number } | null;
  /** Messages older than this are archived and removed; 0: they are kept for ever. */
  readonly retentionDays: number;
  /** Bytes of one attachment of a message; 0: none are taken. */
  readonly attachmentMaxBytes: number;
  /** Pushes to the browsers of users; null: none. `subject`: whom push services may write to. `allowed`: `host:port` of those that may be
   *  in a private network. */
  readonly push: { readonly subject: string; readonly allowed: readonly string[] } | null;
  /** SHA-256 of native binaries that may run besides those this version knows; lower-case hex. */
  readonly acceptedBinaries: readonly string[];
  readonly testFaults: boolean;
}

export interface RunnableConfig {
  readonly config: Config;
  readonly unknown: ReadVariables['unknown'];
  /** Values that are allowed and probably not meant. */
  readonly warnings: readonly ConfigFault[];
}
export type ParsedConfig = RunnableConfig | { readonly faults: readonly ConfigFault[] };

/** What the parser asks of the machine; tests give their own. */
export interface Machine {
  readonly cores: number;
  /** The home directory of the account, where one is known. */
  readonly home?: string | undefined;
  readFile(path: string): Uint8Array;
}
const thisMachine = (): Machine => ({
  cores: availableParallelism(),
  home: process.env['HOME'],
  readFile: (path) => readFileSync(path),
});

/** The configuration that the environment asks for. All faults are listed at once. A variable that is not ours is no fault: other
 *  tools may use the prefix. */
export const parseConfig = (
  env: Readonly<Record<string, string | undefined>> = process.env,
  machine: Machine = thisMachine(),
): ParsedConfig => {
  const { texts, values, faults, unknown } = readVariables(env);
  const files = readFiles(texts, machine);
  if (values === null || files.faults.length > 0) return { faults: [...faults, ...files.faults] };
  return {
    unknown,
    warnings: values.PARLEY_SHARDS === undefined ? [] : shardWarnings(values.PARLEY_SHARDS, machine.cores),
    config: configOf(values, files.found, machine),
  };
};

interface Files extends Pick<Config, 'dataDir' | 'jwtSecret' | 'refreshSecret'> {
  readonly databaseUrl: string | null;
  readonly brokerUrl: string | null;
  readonly backupDir: string | null;
}

/** What is a path, or may stand in a file that a variable names. */
const readFiles = (
  texts: ReadVariables['texts'],
  machine: Machine,
): { readonly found: Files; readonly faults: readonly ConfigFault[] } => {
  const faults: ConfigFault[] = [];
  const pathNamed = (name: string, otherwise: string): string => {
    const expanded = expandHome(texts[name] ?? otherwise, machine.home);
    if ('path' in expanded) return expanded.path;
    faults.push({ name, reason: expanded.reason });
    return '';
  };
  const secretNamed = (name: SecretName, faultIn?: (text: string) => string | null): string | null => {
    const read = secretOf(name, texts, machine, faultIn);
    if ('secret' in read) return read.secret;
    faults.push(read.fault);
    return null;
  };
  const found = {
    dataDir: pathNamed('PARLEY_DATA_DIR', DATA_DIR),
    // Empty is none, so that a file that comes later can switch it off.
    backupDir: (texts['PARLEY_BACKUP_DIR'] ?? '') === '' ? null : pathNamed('PARLEY_BACKUP_DIR', ''),
    jwtSecret: secretNamed('PARLEY_JWT_SECRET'),
    refreshSecret: secretNamed('PARLEY_REFRESH_SECRET'),
    databaseUrl: secretNamed('PARLEY_DATABASE_URL', faultInDatabaseUrl),
    brokerUrl: secretNamed('PARLEY_BROKER_URL', faultInBroker),
  };
  if (found.databaseUrl === null && found.brokerUrl !== null && found.brokerUrl !== 'none')
    faults.push({
      name: 'PARLEY_BROKER_URL',
      reason: 'is for several hosts, which need PARLEY_DATABASE_URL',
    });
  if (faults.length === 0 && found.databaseUrl !== null) faults.push(...missingSecrets(found));
  return { found, faults };
};

const faultInDatabaseUrl = (url: string): string | null => {
  const parsed = parseDatabaseUrl(url);
  return 'reason' in parsed ? parsed.reason : null;
};

/** All hosts of one database need the same secrets, and none can make them. */
const missingSecrets = ({ jwtSecret, refreshSecret }: Files): readonly ConfigFault[] =>
  [
    { name: 'PARLEY_JWT_SECRET', value: jwtSecret },
    { name: 'PARLEY_REFRESH_SECRET', value: refreshSecret },
  ]
    .filter(({ value }) => value === null)
    .map(({ name }) => ({
      name,
      reason: 'must be set together with PARLEY_DATABASE_URL, to the same on every host',
    }));

const configOf = (
  values: NonNullable<ReadVariables['values']>,
  { backupDir, databaseUrl, brokerUrl, ...files }: Files,
  machine: Machine,
): Config =>
  Object.freeze({
    ...files,
    database: databaseUrl === null ? null : { url: databaseUrl, pool: values.PARLEY_DATABASE_POOL },
    broker:
      databaseUrl === null ? null : { url: brokerUrl ?? 'postgres', prefix: values.PARLEY_BROKER_PREFIX },
    nodeName: values.PARLEY_NODE_NAME ?? null,
    drainMs: values.PARLEY_DRAIN_S * 1000,
    backups:
      backupDir === null
        ? null
        : { dir: backupDir, everyMs: values.PARLEY_BACKUP_EVERY, keep: values.PARLEY_BACKUP_KEEP },
    host: values.PARLEY_HOST,
    port: values.PARLEY_PORT,
    shards: values.PARLEY_SHARDS ?? Math.max(1, machine.cores - 2),
    allowedOrigins: values.PARLEY_ALLOWED_ORIGINS,
    trustProxy: values.PARLEY_TRUST_PROXY,
    registration: values.PARLEY_REGISTRATION,
    logLevel: values.PARLEY_LOG_LEVEL,
    loginWindowS: values.PARLEY_LOGIN_WINDOW_S,
    loginMaxFailures: values.PARLEY_LOGIN_MAX_FAILURES,
    accessTtlS: values.PARLEY_ACCESS_TTL_S,
    refreshTtlS: values.PARLEY_REFRESH_TTL_S,
    heartbeatS: values.PARLEY_HEARTBEAT_S,
    signupsPerHour: values.PARLEY_SIGNUPS_PER_HOUR,
    sendRate: values.PARLEY_SEND_RATE,
    sendBurst: values.PARLEY_SEND_BURST,
    socketsPerIp: values.PARLEY_SOCKETS_PER_IP,
    metricsPort: values.PARLEY_METRICS_PORT ?? null,
    retentionDays: values.PARLEY_RETENTION_DAYS,
    attachmentMaxBytes: values.PARLEY_ATTACHMENT_MAX_MB * MIB,
    push:
      values.PARLEY_PUSH_SUBJECT === undefined
        ? null
        : { subject: values.PARLEY_PUSH_SUBJECT, allowed: values.PARLEY_PUSH_ALLOW },
    acceptedBinaries: values.PARLEY_ACCEPT_BINARIES,
    testFaults: values.PARLEY_TEST_FAULTS,
  });

/** What systemd says of the output that it connected to the journal; undefined under anything else. */
export const journalStream = (
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined => env['JOURNAL_STREAM'];

/** The configuration as it may stand in a log: without the secrets. */
export const loggable = ({
  jwtSecret,
  refreshSecret,
  database,
  broker,
  ...rest
}: Config): Record<string, unknown> => ({
  ...rest,
  database: database === null ? null : { name: nameInUrl(database.url), pool: database.pool },
  broker: broker === null ? null : { name: nameOfBroker(broker.url), prefix: broker.prefix },
  jwtSecret: jwtSecret === null ? 'generated' : 'given',
  refreshSecret: refreshSecret === null ? 'generated' : 'given',
});

const nameInUrl = (url: string): string => {
  const parsed = parseDatabaseUrl(url);
  return 'options' in parsed ? databaseName(parsed.options) : '';
};

const nameOfBroker = (url: string): string => {
  const parsed = parseBroker(url);
  return 'broker' in parsed ? brokerName(parsed.broker) : '';
};

/** Memory of one actor thread that has nothing to do, as measured with 64 of them. */
const SHARD_MB = 12;
const shardWarnings = (shards: number, cores: number): readonly ConfigFault[] => {
  if (shards <= cores) return [];
  const memory = `about ${String(shards * SHARD_MB)} MB of memory`;
  const reason = `starts ${String(shards)} actor threads on ${String(cores)} cores: that serves nobody faster and takes ${memory}`;
  return [{ name: 'PARLEY_SHARDS', reason }];
};

/** Tells uWebSockets.js how long the head of a request may be. It reads this from the environment when its binary is loaded, so call
 *  this before, on the main thread, whose `process.env` is the environment of the process. */
export const limitHeads = (bytes: number): void => {
  process.env['UWS_HTTP_MAX_HEADERS_SIZE'] = String(bytes);
};
