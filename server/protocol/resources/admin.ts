import * as z from 'zod/mini';
import { count, timestamp, uuid } from '../fields.ts';
import { USERNAME_MAX } from '../limits.ts';
import { limit, position, whole } from './query.ts';

/** What admins see and send, at `/admin/api`. No message and no part of one is in any of it. */

const time = z.nullable(timestamp);
const name = z.string().check(z.maxLength(USERNAME_MAX));

export const adminUser = z.strictObject({
  id: uuid,
  username: z.string(),
  display_name: z.nullable(z.string()),
  about: z.nullable(z.string()),
  avatar: z.nullable(z.string()),
  role: z.enum(['user', 'admin']),
  created_at: timestamp,
  disabled_at: time,
  last_seen: time,
  sessions: count,
});
export type AdminUserResource = z.infer<typeof adminUser>;
export const adminSession = z.strictObject({
  id: uuid,
  created_at: timestamp,
  last_activity: timestamp,
  ip_address: z.string(),
  user_agent: z.string(),
  connected: z.boolean(),
});
export type AdminSessionResource = z.infer<typeof adminSession>;
export const adminUsersQuery = z.strictObject({
  prefix: z._default(name, ''),
  after: z.optional(name),
  limit,
});
export const adminUsersAnswer = z.strictObject({
  users: z.array(adminUser),
  next: z.nullable(z.string()),
});
export type AdminUserPage = z.infer<typeof adminUsersAnswer>;
export const adminUserAnswer = z.strictObject({ user: adminUser, sessions: z.array(adminSession) });
export type AdminUserDetails = z.infer<typeof adminUserAnswer>;
export const nameParams = z.strictObject({ username: name });
export const nameAndSessionParams = z.strictObject({ username: name, id: uuid });
export const changedAnswer = z.strictObject({ changed: z.boolean() });
export const resetCodeAnswer = z.strictObject({ code: z.string(), expires_at: timestamp });
export type ResetCode = z.infer<typeof resetCodeAnswer>;
export const endedAnswer = z.strictObject({ ended: count });
export const unlockBody = z.strictObject({ target: z.string().check(z.minLength(1), z.maxLength(64)) });
export const unlockAnswer = z.strictObject({ failures: count });

export const inviteResource = z.strictObject({
  id: count,
  created_at: timestamp,
  uses: count,
  uses_left: count,
  used_at: time,
  expires_at: time,
  revoked_at: time,
});
export type InviteResource = z.infer<typeof inviteResource>;
/** Newest first. */
export const newestQuery = z.strictObject({ before: position, limit });
export const invitesAnswer = z.strictObject({ invites: z.array(inviteResource) });
export const inviteBody = z.strictObject({
  uses: z._default(z.int().check(z.minimum(1), z.maximum(1_000_000)), 1),
  expires_in_s: z._default(z.nullable(z.int().check(z.minimum(1), z.maximum(315_360_000))), null),
});
export const inviteAnswer = z.strictObject({ id: count, code: z.string() });
export const inviteParams = z.strictObject({ id: whole(0, Number.MAX_SAFE_INTEGER) });

export const auditRecord = z.strictObject({
  id: count,
  at: timestamp,
  actor: z.string(),
  actor_username: z.nullable(z.string()),
  origin: z.string(),
  action: z.string(),
  user: z.nullable(z.strictObject({ id: uuid, username: z.string() })),
  target: z.nullable(z.string()),
  detail: z.nullable(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
});
export type AuditResource = z.infer<typeof auditRecord>;
export const auditAnswer = z.strictObject({ records: z.array(auditRecord) });

export const hostState = z.strictObject({
  name: z.string(),
  version: z.string(),
  started_at: timestamp,
  heartbeat_age_ms: z.number(),
  connections: count,
});
export const retentionState = z.strictObject({ days: count, removed: count, last_run: time });
export const statusAnswer = z.strictObject({
  version: z.string(),
  uptime_ms: z.number(),
  database: z.string(),
  users: count,
  conversations: count,
  messages: count,
  reactions: count,
  attachments: count,
  attachment_bytes: count,
  database_bytes: count,
  free_bytes: count,
  connections: count,
  threads: z.array(z.string()),
  hosts: z.array(hostState),
  broker: z.nullable(z.enum(['ok', 'down', 'off'])),
  last_proven_backup: z.string(),
  retention: retentionState,
});
export type ServerStatus = z.infer<typeof statusAnswer>;
export const commitFigures = z.strictObject({
  writes_per_second: z.number(),
  p50_ms: z.number(),
  p99_ms: z.number(),
});

export const settingsAnswer = z.strictObject({
  settings: z.array(z.strictObject({ name: z.string(), value: z.string() })),
});
export const findingsAnswer = z.strictObject({
  findings: z.array(
    z.strictObject({ check: z.string(), level: z.enum(['ok', 'warning', 'fault']), message: z.string() }),
  ),
});
export type DoctorFinding = z.infer<typeof findingsAnswer>['findings'][number];
export const backupSchedule = z.strictObject({ dir: z.string(), every_s: z.number(), keep: count });
export const backupsAnswer = z.strictObject({
  schedule: z.nullable(backupSchedule),
  running: z.boolean(),
  failures: count,
  backups: z.array(z.strictObject({ name: z.string(), made_at: timestamp, bytes: count })),
});
export type BackupList = z.infer<typeof backupsAnswer>;
export const startedAnswer = z.strictObject({ started: z.boolean() });
