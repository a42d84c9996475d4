import {
  adminSession,
  adminUser,
  adminUserAnswer,
  adminUsersAnswer,
  adminUsersQuery,
  auditAnswer,
  auditRecord,
  backupsAnswer,
  backupSchedule,
  changedAnswer,
  endedAnswer,
  findingsAnswer,
  hostState,
  inviteAnswer,
  inviteBody,
  inviteParams,
  inviteResource,
  invitesAnswer,
  nameAndSessionParams,
  nameParams,
  newestQuery,
  resetCodeAnswer,
  settingsAnswer,
  startedAnswer,
  statusAnswer,
  unlockAnswer,
  unlockBody,
} from '../../../protocol/resources/admin.ts';
import { describe, type Described } from './describe.ts';
import { IDS, TIMES } from './examples.ts';

const USER = {
  id: IDS.ben,
  username: 'ben',
  role: 'user',
  created_at: TIMES.joined,
  disabled_at: null,
  last_seen: TIMES.read,
  sessions: 1,
} as const;
const SESSION = {
  id: IDS.session,
  created_at: TIMES.joined,
  last_activity: TIMES.read,
  ip_address: '203.0.113.7',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64)',
  connected: true,
};
const INVITE = {
  id: 3,
  created_at: TIMES.joined,
  uses: 1,
  uses_left: 4,
  used_at: TIMES.sent,
  expires_at: null,
  revoked_at: null,
};
const RECORD = {
  id: 12,
  at: TIMES.sent,
  actor: `admin:${IDS.anna}`,
  actor_username: 'anna',
  origin: 'admin page',
  action: 'user.disable',
  user: { id: IDS.ben, username: 'ben' },
  target: null,
  detail: null,
};
const CODE = '0123456789abcdef0123456789abcdef';
const LIMIT = 'The maximum number of entries to return.';
const NAME = 'The username, in upper or lower case.';

const USERS: readonly Described[] = [
  describe(
    adminUser,
    'A user as admins see them.',
    {
      id: 'The permanent id of the user.',
      username: 'The name in lower case.',
      role: '`admin` for a user who may administer the server.',
      created_at: 'When the account was created.',
      disabled_at: 'Since when the user is disabled; null for one who may log in.',
      last_seen: 'When the user was last online; null for one who never was.',
      sessions: 'The number of sessions that have not expired.',
    },
    USER,
  ),
  describe(
    adminSession,
    'A login on one device, as admins see it.',
    {
      id: 'The id of the session.',
      created_at: 'When the user logged in.',
      last_activity: 'When the session was last used.',
      ip_address: 'The IP address from which the session was last used.',
      user_agent: 'The `User-Agent` of the client when it logged in.',
      connected: 'Whether the session has an open WebSocket now.',
    },
    SESSION,
  ),
  describe(adminUsersQuery, 'Which users to list.', {
    prefix: 'The beginning of their names.',
    after: 'The `next` of the previous page.',
    limit: LIMIT,
  }),
  describe(
    adminUsersAnswer,
    'A page of users.',
    { users: 'The users, by name.', next: 'The `after` of the next page; null if this is the last one.' },
    { users: [USER], next: null },
  ),
  describe(
    adminUserAnswer,
    'A user and their sessions.',
    { user: 'The user.', sessions: 'The sessions, the one that was used last first.' },
    { user: USER, sessions: [SESSION] },
  ),
  describe(nameParams, 'The user in the path.', { username: NAME }),
  describe(nameAndSessionParams, 'The user and the session in the path.', {
    username: NAME,
    id: 'The id of the session.',
  }),
  describe(
    changedAnswer,
    'What became of a change.',
    { changed: 'False if it was so before.' },
    { changed: true },
  ),
  describe(
    resetCodeAnswer,
    'A one-time code for a new password.',
    {
      code: 'The code. The link `/#/reset/CODE` of the client takes it.',
      expires_at: 'Until when it is valid.',
    },
    { code: CODE, expires_at: TIMES.read },
  ),
  describe(endedAnswer, 'Sessions that were ended.', { ended: 'Their number.' }, { ended: 2 }),
  describe(
    unlockBody,
    'Whose failed logins to forget.',
    { target: 'A username, or an IP address.' },
    { target: '203.0.113.7' },
  ),
  describe(
    unlockAnswer,
    'Failed logins that were forgotten.',
    { failures: 'Their number.' },
    { failures: 5 },
  ),
];

const INVITES: readonly Described[] = [
  describe(
    inviteResource,
    'An invitation, without its code.',
    {
      id: 'Its number.',
      created_at: 'When it was made.',
      uses: 'How many have registered with it.',
      uses_left: 'How many still can.',
      used_at: 'When it was last used; null if never.',
      expires_at: 'Until when it is valid; null without an end.',
      revoked_at: 'When it was revoked; null if it was not.',
    },
    INVITE,
  ),
  describe(newestQuery, 'Which page of the list to return.', {
    before: 'Returns entries with a smaller `id` than this.',
    limit: LIMIT,
  }),
  describe(
    invitesAnswer,
    'A page of invitations.',
    { invites: 'The invitations, the newest first.' },
    { invites: [INVITE] },
  ),
  describe(
    inviteBody,
    'A new invitation.',
    {
      uses: 'How many people can register with it.',
      expires_in_s: 'Seconds after which it is no longer valid; null without an end.',
    },
    { uses: 5, expires_in_s: 604_800 },
  ),
  describe(
    inviteAnswer,
    'An invitation that was made.',
    { id: 'Its number.', code: 'The code. The link `/#/invite/CODE` of the client takes it.' },
    { id: 3, code: CODE },
  ),
  describe(inviteParams, 'The invitation in the path.', { id: 'Its number.' }),
];

const HOST = {
  name: 'chat-1',
  version: '1.4.0',
  started_at: TIMES.joined,
  heartbeat_age_ms: 412,
  connections: 17,
};
const SETTING = { name: 'PARLEY_REGISTRATION', value: 'invite' };
const FINDING = { check: 'disk', level: 'ok', message: '41,200 MB are free' } as const;
const BACKUP = { name: 'parley-2026-11-02T04-00-00Z.tar', made_at: TIMES.joined, bytes: 1_048_576 };
const SCHEDULE = { dir: '/var/backups/parley', every_s: 86_400, keep: 7 };

const SERVER: readonly Described[] = [
  describe(
    auditRecord,
    'What an operator or an admin did.',
    {
      id: 'Its number, which rises.',
      at: 'When it was done.',
      actor: 'Who did it: an account of the system, or `admin:` and the id of a user.',
      actor_username: 'The name of that user now; null for an account of the system.',
      origin: 'From where.',
      action: 'What was done, as the command is called.',
      user: 'To whom it was done; null if it concerns no user.',
      target: 'To what it was done, if that is not a user.',
      detail: 'More about it.',
    },
    RECORD,
  ),
  describe(auditRecord.shape.user._zod.def.innerType, 'A user by the name they have now.', {
    id: 'The id of the user.',
    username: 'The name, or `Deleted User`.',
  }),
  describe(
    auditAnswer,
    'A page of audit records.',
    { records: 'The records, the newest first.' },
    { records: [RECORD] },
  ),
  describe(
    hostState,
    'A host that lives.',
    {
      name: 'Its name.',
      version: 'The version of its program.',
      started_at: 'When it started.',
      heartbeat_age_ms: 'Milliseconds since it last said that it lives.',
      connections: 'Its open WebSockets.',
    },
    HOST,
  ),
  describe(
    statusAnswer,
    'The state of the server.',
    {
      version: 'The version of the program.',
      uptime_ms: 'Milliseconds since this host started.',
      database: 'The kind of database, and where it is.',
      users: 'Accounts that there have ever been.',
      conversations: 'Conversations that there have ever been.',
      messages: 'Messages that there have ever been.',
      database_bytes: 'The size of the database files.',
      free_bytes: 'What is free on the disk of the data directory.',
      connections: 'Open WebSockets at this host.',
      threads: 'The threads of this host.',
      hosts: 'All hosts that live. Empty with SQLite, which has one.',
      broker: 'Whether this host hears the others; null if there can be none.',
      last_proven_backup: 'When the last proven backup was made, `never`, or `off` without a schedule.',
    },
    {
      version: '1.4.0',
      uptime_ms: 86_400_000,
      database: 'SQLite',
      users: 12,
      conversations: 30,
      messages: 4_711,
      database_bytes: 2_097_152,
      free_bytes: 43_201_331_200,
      connections: 17,
      threads: ['edge', 'writer', 'shard:0'],
      hosts: [],
      broker: null,
      last_proven_backup: TIMES.joined,
    },
  ),
  describe(
    settingsAnswer,
    'The settings in force.',
    { settings: 'One entry for each variable.' },
    { settings: [SETTING] },
  ),
  describe(settingsAnswer.shape.settings._zod.def.element, 'A variable.', {
    name: 'Its name.',
    value:
      'What it is set to, or stands for it if it is not set; empty for nothing. For a secret: `given` or `generated`.',
  }),
  describe(
    findingsAnswer,
    'What checks of the server have found.',
    { findings: 'One entry for each check, or more.' },
    { findings: [FINDING] },
  ),
  describe(findingsAnswer.shape.findings._zod.def.element, 'What a check has found.', {
    check: 'What was looked at.',
    level: 'Whether something should be done.',
    message: 'What was found, and what to change.',
  }),
  describe(backupSchedule, 'A schedule of backups.', {
    dir: 'The folder of the backups.',
    every_s: 'Seconds from one to the next.',
    keep: 'How many stay.',
  }),
  describe(
    backupsAnswer,
    'The scheduled backups of this host.',
    {
      schedule: 'The schedule; null without one.',
      running: 'Whether one is being made now.',
      failures: 'How many could not be made or not be proven since the start.',
      backups: 'Those in the folder that are proven, the newest first.',
    },
    { schedule: SCHEDULE, running: false, failures: 0, backups: [BACKUP] },
  ),
  describe(backupsAnswer.shape.backups._zod.def.element, 'A backup that was proven restorable.', {
    name: 'The name of its file.',
    made_at: 'When it was begun.',
    bytes: 'Its size.',
  }),
  describe(
    startedAnswer,
    'Whether something was begun.',
    { started: 'False if it was under way already.' },
    { started: true },
  ),
];

/** What admins see and send. */
export const ADMIN_WORDS: readonly Described[] = [...USERS, ...INVITES, ...SERVER];
