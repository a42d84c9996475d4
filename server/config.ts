import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import * as z from 'zod';
import { secretOf, type SecretName } from './config-secrets.ts';
import { DESKTOP_ORIGINS } from './protocol/desktop-origin.ts';
import {
  cidrList,
  expandHome,
  hostName,
  number,
  originList,
  sha256List,
  wholeNumber,
  type Cidr,
} from './config-fields.ts';

const DATA_DIR = './data';

/** One entry a variable (SPEC §2): how its text becomes a value, and what stands where it is unset. */
const VARIABLES = {
  PARLEY_HOST: hostName.default('127.0.0.1'),
  PARLEY_PORT: wholeNumber(0, 65_535).default(8080),
  PARLEY_DATA_DIR: z.string().optional(),
  PARLEY_JWT_SECRET: z.string().optional(),
  PARLEY_JWT_SECRET_FILE: z.string().optional(),
  PARLEY_REFRESH_SECRET: z.string().optional(),
  PARLEY_REFRESH_SECRET_FILE: z.string().optional(),
  PARLEY_SHARDS: wholeNumber(0, 64).optional(),
  PARLEY_ALLOWED_ORIGINS: originList.default([...DESKTOP_ORIGINS]),
  PARLEY_TRUST_PROXY: cidrList.default([]),
  PARLEY_REGISTRATION: z.enum(['open', 'invite', 'closed']).default('open'),
  PARLEY_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  PARLEY_LOGIN_WINDOW_S: wholeNumber(1, 31_536_000).default(900),
  PARLEY_LOGIN_MAX_FAILURES: wholeNumber(1, 1_000_000).default(5),
  PARLEY_ACCESS_TTL_S: wholeNumber(1, 31_536_000).default(3600),
  PARLEY_REFRESH_TTL_S: wholeNumber(1, 315_360_000).default(2_592_000),
  PARLEY_HEARTBEAT_S: number(0.05, 3600).default(30),
  PARLEY_SIGNUPS_PER_HOUR: wholeNumber(0, 1_000_000).default(20),
  PARLEY_SEND_RATE: number(0, 1_000_000).default(10),
  PARLEY_SEND_BURST: wholeNumber(0, 1_000_000).default(60),
  PARLEY_SOCKETS_PER_IP: wholeNumber(0, 1_000_000).default(0),
  PARLEY_METRICS_PORT: wholeNumber(0, 65_535).optional(),
  PARLEY_ACCEPT_BINARIES: sha256List.default([]),
  /** Tests only: lets a test crash a shard or the writer on purpose. Not for a real server. */
  PARLEY_TEST_FAULTS: z
    .enum(['0', '1'])
    .transform((text) => text === '1')
    .default(false),
};
type Variable = keyof typeof VARIABLES;
const schema = z.strictObject(VARIABLES);

export const VARIABLE_NAMES = Object.keys(VARIABLES) as readonly Variable[];

/** Variables of ours that the server does not read: the desktop shell's checks and the browser tests do. */
const OTHERS: readonly string[] = ['PARLEY_NEUTRALINO_BIN', 'PARLEY_CHROMIUM'];

/** What the operator chose, as plain data that may cross threads. Units stand in the names. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** Null: made at the first start and kept in the data dir. Never logged. */
  readonly jwtSecret: string | null;
  /** Likewise. */
  readonly refreshSecret: string | null;
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
  /** SHA-256 of native binaries that may run besides those this version knows; lower-case hex. */
  readonly acceptedBinaries: readonly string[];
  readonly testFaults: boolean;
}

export interface ConfigFault {
  readonly name: string;
  readonly reason: string;
}
export interface RunnableConfig {
  readonly config: Config;
  /** Variables with our prefix that nothing here reads; worth a warning, since a slip of the pen looks so too. */
  readonly unknown: readonly ConfigFault[];
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

/** Reads the variables whose name begins with `PARLEY_`; an empty one counts as unset. All faults are listed at once. One that
 *  is not ours is no fault: other tools may use the prefix.
 *  A value is never repeated in a reason: it may be a secret in the wrong place. */
export const parseConfig = (
  env: Readonly<Record<string, string | undefined>> = process.env,
  machine: Machine = thisMachine(),
): ParsedConfig => {
  const given = Object.entries(env).filter(([name, value]) => name.startsWith('PARLEY_') && value !== '');
  const known = given.filter(([name]) => name in VARIABLES);
  const faults: ConfigFault[] = [];
  const unknown = given
    .filter(([name]) => !(name in VARIABLES) && !OTHERS.includes(name))
    .map(([name]) => ({ name, reason: unknownReason(name) }));
  const parsed = schema.safeParse(Object.fromEntries(known));
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      faults.push({ name: String(issue.path[0]), reason: reasonOf(issue) });
    }
  }
  const path = (name: Variable, text: string): string => {
    const expanded = expandHome(text, machine.home);
    if ('path' in expanded) return expanded.path;
    faults.push({ name, reason: expanded.reason });
    return text;
  };
  const dataDir = path('PARLEY_DATA_DIR', Object.fromEntries(known)['PARLEY_DATA_DIR'] ?? DATA_DIR);
  const secretNamed = (name: SecretName): string | null => {
    const read = secretOf(name, Object.fromEntries(known), machine);
    if ('secret' in read) return read.secret;
    faults.push(read.fault);
    return null;
  };
  const jwtSecret = secretNamed('PARLEY_JWT_SECRET');
  const refreshSecret = secretNamed('PARLEY_REFRESH_SECRET');
  if (!parsed.success || faults.length > 0) return { faults };
  const v = parsed.data;
  return {
    unknown,
    warnings: v.PARLEY_SHARDS === undefined ? [] : shardWarnings(v.PARLEY_SHARDS, machine.cores),
    config: Object.freeze({
      host: v.PARLEY_HOST,
      port: v.PARLEY_PORT,
      dataDir,
      jwtSecret,
      refreshSecret,
      shards: v.PARLEY_SHARDS ?? Math.max(1, machine.cores - 2),
      allowedOrigins: v.PARLEY_ALLOWED_ORIGINS,
      trustProxy: v.PARLEY_TRUST_PROXY,
      registration: v.PARLEY_REGISTRATION,
      logLevel: v.PARLEY_LOG_LEVEL,
      loginWindowS: v.PARLEY_LOGIN_WINDOW_S,
      loginMaxFailures: v.PARLEY_LOGIN_MAX_FAILURES,
      accessTtlS: v.PARLEY_ACCESS_TTL_S,
      refreshTtlS: v.PARLEY_REFRESH_TTL_S,
      heartbeatS: v.PARLEY_HEARTBEAT_S,
      signupsPerHour: v.PARLEY_SIGNUPS_PER_HOUR,
      sendRate: v.PARLEY_SEND_RATE,
      sendBurst: v.PARLEY_SEND_BURST,
      socketsPerIp: v.PARLEY_SOCKETS_PER_IP,
      metricsPort: v.PARLEY_METRICS_PORT ?? null,
      acceptedBinaries: v.PARLEY_ACCEPT_BINARIES,
      testFaults: v.PARLEY_TEST_FAULTS,
    }),
  };
};

/** What systemd says of the output that it connected to the journal; undefined under anything else. */
export const journalStream = (
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined => env['JOURNAL_STREAM'];

/** The configuration as it may stand in a log: without the secrets. */
export const loggable = ({ jwtSecret, refreshSecret, ...rest }: Config): Record<string, unknown> => ({
  ...rest,
  jwtSecret: jwtSecret === null ? 'generated' : 'given',
  refreshSecret: refreshSecret === null ? 'generated' : 'given',
});

const reasonOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_value' ? `must be one of ${issue.values.map(String).join(', ')}` : issue.message;

/** Memory of one actor thread that has nothing to do, as measured with 64 of them. */
const SHARD_MB = 12;
const shardWarnings = (shards: number, cores: number): readonly ConfigFault[] => {
  if (shards <= cores) return [];
  const memory = `about ${String(shards * SHARD_MB)} MB of memory`;
  const reason = `starts ${String(shards)} actor threads on ${String(cores)} cores: that serves nobody faster and takes ${memory}`;
  return [{ name: 'PARLEY_SHARDS', reason }];
};

const unknownReason = (name: string): string => {
  const near = VARIABLE_NAMES.map((known) => ({ known, steps: editDistance(name, known) })).sort(
    (a, b) => a.steps - b.steps,
  )[0];
  return near !== undefined && near.steps <= 4
    ? `is not a variable of this server; did you mean ${near.known}?`
    : 'is not a variable of this server; the README lists them';
};

/** Levenshtein: how many letters to add, drop or change. */
const editDistance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};
