import {
  auditAnswer,
  backupsAnswer,
  findingsAnswer,
  inviteAnswer,
  inviteBody,
  inviteParams,
  invitesAnswer,
  newestQuery,
  settingsAnswer,
  startedAnswer,
  statusAnswer,
} from '../../../protocol/resources/admin.ts';
import { answer, done } from '../route.ts';
import { adminRoute, operate } from './admin-route.ts';

const invites = adminRoute({
  method: 'GET',
  path: '/admin/api/invites',
  summary: 'List invitations',
  description: 'Returns invitations, the newest first. Their codes are not stored.',
  query: newestQuery,
  answers: { 200: invitesAnswer },
  handle: async ({ query: { before, limit }, ...context }) =>
    answer(200, await operate(context, 'invite.list', { before: before ?? null, limit })),
});

const invite = adminRoute({
  method: 'POST',
  path: '/admin/api/invites',
  summary: 'Make an invitation',
  description:
    'Makes a code with which people can register. Only its hash is stored, so it is shown this once. Codes count only if the server requires them.',
  body: inviteBody,
  answers: { 201: inviteAnswer },
  async handle({ body: { uses, expires_in_s }, ...context }) {
    const ttl_ms = expires_in_s === null ? null : expires_in_s * 1000;
    return answer(201, await operate(context, 'invite.create', { uses, ttl_ms }));
  },
});

const revoke = adminRoute({
  method: 'DELETE',
  path: '/admin/api/invites/:id',
  summary: 'Revoke an invitation',
  description: 'Makes an invitation useless. Who has registered with it stays.',
  params: inviteParams,
  answers: { 204: null },
  errors: ['not_found'],
  async handle({ params, ...context }) {
    await operate(context, 'invite.revoke', params);
    return done;
  },
});

const status = adminRoute({
  method: 'GET',
  path: '/admin/api/status',
  summary: 'Get the state of the server',
  description: 'Returns what the server holds and does, as `parley status` does.',
  answers: { 200: statusAnswer },
  async handle(context) {
    const {
      data_dir: _dir,
      running: _running,
      pushes: _pushes,
      ...found
    } = await operate(context, 'status', {});
    return answer(200, {
      ...found,
      database: found.database ?? 'SQLite',
      reactions: found.reactions ?? 0,
      attachments: found.attachments ?? 0,
      attachment_bytes: found.attachment_bytes ?? 0,
      hosts: found.hosts ?? [],
      broker: found.broker ?? null,
      uptime_ms: found.uptime_ms ?? 0,
      connections: found.connections ?? 0,
      threads: found.threads ?? [],
      last_proven_backup: found.last_proven_backup ?? 'off',
      retention: found.retention ?? { days: 0, removed: 0, last_run: null },
    });
  },
});

const settings = adminRoute({
  method: 'GET',
  path: '/admin/api/settings',
  summary: 'List the settings in force',
  description:
    'Returns the value of every variable. Secrets are left out: only where they come from is told.',
  answers: { 200: settingsAnswer },
  handle: async (context) => answer(200, await operate(context, 'settings', {})),
});

const doctor = adminRoute({
  method: 'GET',
  path: '/admin/api/doctor',
  summary: 'Check the server',
  description: 'Looks at what often goes wrong, and says what to change, as `parley doctor` does.',
  answers: { 200: findingsAnswer },
  handle: async (context) => answer(200, await operate(context, 'doctor', {})),
});

const audit = adminRoute({
  method: 'GET',
  path: '/admin/api/audit',
  summary: 'List audit records',
  description: 'Returns what operators and admins did, the newest first.',
  query: newestQuery,
  answers: { 200: auditAnswer },
  async handle({ query: { before, limit }, ...context }) {
    const { records } = await operate(context, 'audit.list', { before: before ?? null, limit });
    return answer(200, {
      records: records.map((record) => ({ ...record, actor_username: record.actor_username ?? null })),
    });
  },
});

const backups = adminRoute({
  method: 'GET',
  path: '/admin/api/backups',
  summary: 'List scheduled backups',
  description: 'Returns the schedule of this host, and the proven backups in its folder, the newest first.',
  answers: { 200: backupsAnswer },
  handle: async (context) => answer(200, await operate(context, 'backup.list', {})),
});

const backUp = adminRoute({
  method: 'POST',
  path: '/admin/api/backups',
  summary: 'Make a backup now',
  description:
    'Begins a backup in the folder of the schedule, and proves it. `started` is false if one is being made already. Without a schedule it is refused with `conflict`.',
  answers: { 202: startedAnswer },
  errors: ['conflict'],
  handle: async (context) => answer(202, await operate(context, 'backup.start', {})),
});

export const adminServerRoutes = [
  ...[invites, invite, revoke, status, settings, doctor, audit, backups, backUp],
];
