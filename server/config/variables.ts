import * as z from 'zod';
import { DESKTOP_ORIGINS } from '../protocol/desktop-origin.ts';
import { brokerPrefixFault, hostLabelFault } from '../notifier/broker-options.ts';
import {
  allowedServices,
  checked,
  cidrList,
  duration,
  hostName,
  number,
  originList,
  pushSubject,
  sha256List,
  wholeNumber,
} from './fields.ts';

/** A hundred years. */
export const RETENTION_DAYS_MAX = 36_500;

/** One entry for each variable: how its text becomes a value, and the default. */
const VARIABLES = {
  PARLEY_HOST: hostName.default('127.0.0.1'),
  PARLEY_PORT: wholeNumber(0, 65_535).default(8080),
  PARLEY_DATA_DIR: z.string().optional(),
  PARLEY_JWT_SECRET: z.string().optional(),
  PARLEY_JWT_SECRET_FILE: z.string().optional(),
  PARLEY_REFRESH_SECRET: z.string().optional(),
  PARLEY_REFRESH_SECRET_FILE: z.string().optional(),
  PARLEY_DATABASE_URL: z.string().optional(),
  PARLEY_DATABASE_URL_FILE: z.string().optional(),
  PARLEY_DATABASE_POOL: wholeNumber(1, 100).default(8),
  PARLEY_BROKER_URL: z.string().optional(),
  PARLEY_BROKER_URL_FILE: z.string().optional(),
  PARLEY_BROKER_PREFIX: checked(brokerPrefixFault).default('parley'),
  PARLEY_NODE_NAME: checked(hostLabelFault).optional(),
  PARLEY_DRAIN_S: number(0, 8).default(0),
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
  PARLEY_BACKUP_DIR: z.string().optional(),
  PARLEY_BACKUP_EVERY: duration(60_000, 31 * 86_400_000, 'from 1m to 31d').default(86_400_000),
  PARLEY_BACKUP_KEEP: wholeNumber(1, 10_000).default(7),
  PARLEY_RETENTION_DAYS: wholeNumber(0, RETENTION_DAYS_MAX).default(0),
  PARLEY_ATTACHMENT_MAX_MB: wholeNumber(0, 2_048).default(25),
  PARLEY_PUSH_SUBJECT: pushSubject.optional(),
  PARLEY_PUSH_ALLOW: allowedServices.default([]),
  PARLEY_ACCEPT_BINARIES: sha256List.default([]),
  /** Tests only: lets a test crash a shard or the writer on purpose. Not for a real server. */
  PARLEY_TEST_FAULTS: z
    .enum(['0', '1'])
    .transform((text) => text === '1')
    .default(false),
};
const schema = z.strictObject(VARIABLES);
type Values = z.infer<typeof schema>;

export const VARIABLE_NAMES = Object.keys(VARIABLES) as readonly (keyof typeof VARIABLES)[];

/** Variables of ours that the server does not read: the desktop shell's checks and the browser tests do. */
const OTHERS: readonly string[] = [
  'PARLEY_NEUTRALINO_BIN',
  'PARLEY_CHROMIUM',
  'PARLEY_TEST_DATABASE_URL',
  'PARLEY_REQUIRE_POSTGRES',
];

/** A variable and what is wrong with it. */
export interface ConfigFault {
  readonly name: string;
  readonly reason: string;
}

export interface ReadVariables {
  /** The texts of the variables that are ours and not empty. */
  readonly texts: Readonly<Partial<Record<string, string>>>;
  /** Null if there are faults. */
  readonly values: Values | null;
  readonly faults: readonly ConfigFault[];
  /** Variables with our prefix that nothing here reads; worth a warning, since a slip of the pen looks so too. */
  readonly unknown: readonly ConfigFault[];
}

/** Reads the variables whose name begins with `PARLEY_`; an empty one counts as unset. A value is never repeated in a reason: it
 *  may be a secret in the wrong place. */
export const readVariables = (env: Readonly<Record<string, string | undefined>>): ReadVariables => {
  const given = Object.entries(env).filter(([name, value]) => name.startsWith('PARLEY_') && value !== '');
  const texts = Object.fromEntries(given.filter(([name]) => name in VARIABLES));
  const parsed = schema.safeParse(texts);
  return {
    texts,
    values: parsed.success ? parsed.data : null,
    faults: (parsed.error?.issues ?? []).map((issue) => ({
      name: String(issue.path[0]),
      reason: reasonOf(issue),
    })),
    unknown: given
      .filter(([name]) => !(name in VARIABLES) && !OTHERS.includes(name))
      .map(([name]) => ({ name, reason: unknownReason(name) })),
  };
};

const reasonOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_value' ? `must be one of ${issue.values.map(String).join(', ')}` : issue.message;

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
