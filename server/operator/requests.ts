import * as z from 'zod';
import { RETENTION_DAYS_MAX } from '../config/variables.ts';
import { USERNAME_MAX } from '../protocol/limits.ts';
import { host, hostsFound, threadsFound, tracesFound } from './inspector-answers.ts';
import type { Requester } from './operator.ts';

/** What the operator's commands ask of a server, and what it answers. A command and a server of different versions may meet: then the
 *  server does not know the request, or the command does not know the answer, and says so. */

/** With the time for reading the answer less than a stop may take. */
const SHORT_MS = 4_000;
/** A copy of a large database on a slow disk. */
const COPY_MS = 6 * 3_600_000;
/** Millions of messages, in steps that keep nobody waiting. */
const RETENTION_MS = 24 * 3_600_000;

const NOTHING = z.strictObject({});
/** A temporary folder of the data directory, which whoever asks has made and removes. */
const TARGET = z.strictObject({ folder: z.string().regex(/^backup-copy-[\dA-Za-z]+$/) });
const count = z.int().min(0);
/** RFC 3339. */
const time = z.string();
const username = z
  .string()
  .max(USERNAME_MAX)
  .transform((text) => text.toLowerCase());
const oneUser = z.strictObject({ username });
const limit = z.int().min(1).max(1_000);
const before = count.nullable();
const changed = z.object({ changed: z.boolean() });

const user = z.object({
  id: z.string(),
  username: z.string(),
  // A server of before knows no profiles.
  display_name: z.string().nullable().default(null),
  about: z.string().nullable().default(null),
  /** The version of the avatar. */
  avatar: z.string().nullable().default(null),
  role: z.enum(['user', 'admin']),
  created_at: time,
  disabled_at: time.nullable(),
  last_seen: time.nullable(),
  /** Login sessions that have not expired. */
  sessions: count,
});
export type UserLine = z.infer<typeof user>;

const session = z.object({
  id: z.string(),
  created_at: time,
  last_activity: time,
  ip_address: z.string(),
  user_agent: z.string(),
  connected: z.boolean(),
});

const invite = z.object({
  id: count,
  created_at: time,
  /** How many have registered with it. */
  uses: count,
  uses_left: count,
  used_at: time.nullable(),
  expires_at: time.nullable(),
  revoked_at: time.nullable(),
});

const auditRecord = z.object({
  id: count,
  at: time,
  actor: z.string(),
  /** The name of an admin (`admin:` and an id). Absent in the answers of older servers. */
  actor_username: z.string().nullable().optional(),
  origin: z.string(),
  action: z.string(),
  /** The user it was done to, by the name they have now. */
  user: z.object({ id: z.string(), username: z.string() }).nullable(),
  target: z.string().nullable(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullable(),
});

const status = z.object({
  version: z.string(),
  running: z.boolean(),
  data_dir: z.string(),
  /** What kind, and where it is if it is not a file of the data directory. Absent in the answers of older servers. */
  database: z.string().optional(),
  users: count,
  conversations: count,
  messages: count,
  /** That are set on these messages. Absent in the answers of older servers. */
  reactions: count.optional(),
  /** And how many bytes they have. Absent in the answers of older servers. */
  attachments: count.optional(),
  attachment_bytes: count.optional(),
  database_bytes: count,
  free_bytes: count,
  /** The rest is known of a running server only. */
  uptime_ms: z.number().nullable(),
  connections: count.nullable(),
  threads: z.array(z.string()).nullable(),
  /** Those that live, with PostgreSQL. Absent in the answers of older servers. */
  hosts: z.array(host).optional(),
  /** Whether the server hears the other hosts. */
  broker: z.enum(['ok', 'down', 'off']).nullable().optional(),
  /** Since the start; null where none are sent. Absent in the answers of older servers. */
  pushes: z.object({ accepted: count, failed: count, waiting: count }).nullable().optional(),
  /** `off` without a schedule, `never` before the first one. */
  last_proven_backup: z.string().nullable(),
  /** `days`: 0 keeps messages for ever. `removed`: messages, in all. Absent in the answers of older servers. */
  retention: z.object({ days: count, removed: count, last_run: time.nullable() }).optional(),
});

export const REQUESTS = {
  status: { input: NOTHING, answer: status, timeoutMs: SHORT_MS },
  doctor: {
    input: NOTHING,
    answer: z.object({
      findings: z.array(
        z.object({ check: z.string(), level: z.enum(['ok', 'warning', 'fault']), message: z.string() }),
      ),
    }),
    timeoutMs: SHORT_MS,
  },
  /** In the order of their names, from the one after `after`. */
  'user.list': {
    input: z.strictObject({ prefix: username, after: username.nullable(), limit }),
    answer: z.object({ users: z.array(user), next: z.string().nullable() }),
    timeoutMs: SHORT_MS,
  },
  'user.show': {
    input: oneUser,
    answer: z.object({ user, sessions: z.array(session) }),
    timeoutMs: SHORT_MS,
  },
  'user.reset-password': {
    input: oneUser,
    answer: z.object({ code: z.string(), expires_at: time }),
    timeoutMs: SHORT_MS,
  },
  /** `target`: a user name, or the address of somebody who can't log in. */
  'user.unlock': {
    input: z.strictObject({ target: z.string().min(1).max(64) }),
    answer: z.object({ failures: count }),
    timeoutMs: SHORT_MS,
  },
  'user.promote': { input: oneUser, answer: changed, timeoutMs: SHORT_MS },
  'user.demote': { input: oneUser, answer: changed, timeoutMs: SHORT_MS },
  'user.disable': { input: oneUser, answer: changed, timeoutMs: SHORT_MS },
  'user.enable': { input: oneUser, answer: changed, timeoutMs: SHORT_MS },
  'user.delete': { input: oneUser, answer: z.object({}), timeoutMs: SHORT_MS },
  /** Null: all sessions. */
  'user.revoke': {
    input: z.strictObject({ username, session_id: z.string().max(36).nullable() }),
    answer: z.object({ ended: count }),
    timeoutMs: SHORT_MS,
  },
  /** Makes a code with which `uses` people can register, within `ttl_ms`; null: without an end. */
  'invite.create': {
    input: z.strictObject({
      uses: z.int().min(1).max(1_000_000).default(1),
      ttl_ms: z.int().min(1).nullable().default(null),
    }),
    answer: z.object({ id: count, code: z.string() }),
    timeoutMs: SHORT_MS,
  },
  'invite.list': {
    input: z.strictObject({ before, limit }),
    answer: z.object({ invites: z.array(invite) }),
    timeoutMs: SHORT_MS,
  },
  'invite.revoke': { input: z.strictObject({ id: count }), answer: changed, timeoutMs: SHORT_MS },
  'audit.list': {
    input: z.strictObject({ before, limit }),
    answer: z.object({ records: z.array(auditRecord) }),
    timeoutMs: SHORT_MS,
  },
  /** What each variable is set to, without the secrets. */
  settings: {
    input: NOTHING,
    answer: z.object({ settings: z.array(z.object({ name: z.string(), value: z.string() })) }),
    timeoutMs: SHORT_MS,
  },
  /** The proven backups in the folder of the schedule. `running`, `failures`: of a running server. */
  'backup.list': {
    input: NOTHING,
    answer: z.object({
      schedule: z.object({ dir: z.string(), every_s: z.number(), keep: count }).nullable(),
      running: z.boolean(),
      failures: count,
      backups: z.array(z.object({ name: z.string(), made_at: time, bytes: count })),
    }),
    timeoutMs: SHORT_MS,
  },
  'backup.start': { input: NOTHING, answer: z.object({ started: z.boolean() }), timeoutMs: SHORT_MS },
  /** What the threads of a running server do, and what client frames cost. */
  'inspect.threads': { input: NOTHING, answer: threadsFound, timeoutMs: SHORT_MS },
  'inspect.hosts': { input: NOTHING, answer: hostsFound, timeoutMs: SHORT_MS },
  /** Records the path of the next message that this host accepts, of a user or of anybody (null). Waits for it for a minute. */
  'trace.arm': {
    input: z.strictObject({ username: username.nullable() }),
    answer: z.object({ expires_at: time }),
    timeoutMs: SHORT_MS,
  },
  'trace.cancel': { input: NOTHING, answer: changed, timeoutMs: SHORT_MS },
  /** The newest first, with one that is being made. Without a text, and without who gets it. */
  'trace.list': { input: NOTHING, answer: tracesFound, timeoutMs: SHORT_MS },
  /** Makes a new key that signs access tokens; until then those of the key before are good. */
  'rotate-secret': { input: NOTHING, answer: z.object({ accepted_until: time }), timeoutMs: SHORT_MS },
  /** Copies the database into a file of the data directory. Whoever asked makes a backup of it. Null: the data
   *  are in PostgreSQL, where the command reads them itself. */
  'backup.copy': {
    input: TARGET,
    answer: z.object({ file: z.string().nullable(), longest_step_ms: z.number().nullable() }),
    timeoutMs: COPY_MS,
  },
  /** The same for an export. */
  'export.copy': { input: TARGET, answer: z.object({ file: z.string().nullable() }), timeoutMs: COPY_MS },
  /** Archives and removes messages older than so many days; null: than PARLEY_RETENTION_DAYS. `dry_run`: only counts them. */
  'retention.run': {
    input: z.strictObject({ days: z.int().min(1).max(RETENTION_DAYS_MAX).nullable(), dry_run: z.boolean() }),
    answer: z.object({
      ...{ dry_run: z.boolean(), days: count, before: time, messages: count, file: z.string().nullable() },
    }),
    timeoutMs: RETENTION_MS,
  },
  /** Records that an export was made. */
  'export.record': {
    input: z.strictObject({ sha256: z.string().length(64), messages: count }),
    answer: z.object({}),
    timeoutMs: SHORT_MS,
  },
} as const satisfies Readonly<Record<string, { input: z.ZodType; answer: z.ZodType; timeoutMs: number }>>;

export type RequestName = keyof typeof REQUESTS;
/** As the server sees it. */
export type Input<N extends RequestName> = z.output<(typeof REQUESTS)[N]['input']>;
/** As a command writes it. */
export type GivenInput<N extends RequestName> = z.input<(typeof REQUESTS)[N]['input']>;
export type Answer<N extends RequestName> = z.output<(typeof REQUESTS)[N]['answer']>;

const isRequest = (name: string): name is RequestName => Object.hasOwn(REQUESTS, name);

/** One request as it crosses the socket. */
const REQUEST = z.strictObject({
  command: z.string().refine(isRequest),
  input: z.unknown(),
  by: z.strictObject({ account: z.string().min(1).max(64) }),
});
export interface Request<N extends RequestName = RequestName> {
  readonly command: N;
  readonly input: GivenInput<N>;
  readonly by: { readonly account: string };
}
/** One whose input was checked. */
export interface CheckedRequest<N extends RequestName = RequestName> {
  readonly command: N;
  readonly input: Input<N>;
  readonly by: Requester;
}

/** A request whose input fits its command; null for anything else. */
export const parseRequest = (value: unknown): CheckedRequest | null => {
  const request = REQUEST.safeParse(value);
  if (!request.success) return null;
  const { command, by } = request.data;
  const input = REQUESTS[command].input.safeParse(request.data.input);
  return input.success ? { command, by, input: input.data } : null;
};

/** `message` is one sentence for the operator. */
export const ANSWER = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), result: z.unknown() }),
  z.object({ ok: z.literal(false), message: z.string() }),
]);
export type AnswerLine = z.infer<typeof ANSWER>;
