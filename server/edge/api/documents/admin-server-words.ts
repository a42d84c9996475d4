import {
  auditAnswer,
  auditRecord,
  backupsAnswer,
  backupSchedule,
  findingsAnswer,
  hostState,
  settingsAnswer,
  commitFigures,
  retentionState,
  startedAnswer,
  statusAnswer,
} from '../../../protocol/resources/admin.ts';
import { describe, type Described } from './describe.ts';
import { IDS, TIMES } from './examples.ts';

const RETENTION = { days: 365, removed: 1_024, last_run: TIMES.joined };
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
export const HOST = {
  name: 'chat-1',
  version: '1.4.0',
  started_at: TIMES.joined,
  heartbeat_age_ms: 412,
  connections: 17,
};
export const COMMITS = { writes_per_second: 41.5, p50_ms: 0.9, p99_ms: 4.2 };
const SETTING = { name: 'PARLEY_REGISTRATION', value: 'invite' };
const FINDING = { check: 'disk', level: 'ok', message: '41,200 MB are free' } as const;
const BACKUP = { name: 'parley-2026-11-02T04-00-00Z.tar', made_at: TIMES.joined, bytes: 1_048_576 };
const SCHEDULE = { dir: '/var/backups/parley', every_s: 86_400, keep: 7 };

/** What admins see of the server. */
export const ADMIN_SERVER_WORDS: readonly Described[] = [
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
    retentionState,
    'What becomes of old messages.',
    {
      days: 'For how many days messages are kept; 0: for ever.',
      removed: 'Messages that were archived and removed so far.',
      last_run: 'When that was last done; null if it never was.',
    },
    RETENTION,
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
      messages: 'Messages that are there, without those that retention has removed.',
      reactions: 'Reactions that are set on these messages.',
      attachments: 'Attachments of these messages, and those that are not sent yet.',
      attachment_bytes: 'The bytes of all these attachments together.',
      database_bytes: 'The size of the database files.',
      free_bytes: 'What is free on the disk of the data directory.',
      connections: 'Open WebSockets at this host.',
      threads: 'The threads of this host.',
      hosts: 'All hosts that live. Empty with SQLite, which has one.',
      broker: 'Whether this host hears the others; null if there can be none.',
      last_proven_backup: 'When the last proven backup was made, `never`, or `off` without a schedule.',
      retention: 'What becomes of old messages.',
    },
    {
      version: '1.4.0',
      uptime_ms: 86_400_000,
      database: 'SQLite',
      users: 12,
      conversations: 30,
      messages: 4_711,
      reactions: 815,
      attachments: 42,
      attachment_bytes: 63_111_204,
      database_bytes: 2_097_152,
      free_bytes: 43_201_331_200,
      connections: 17,
      threads: ['edge', 'writer', 'shard:0'],
      hosts: [],
      broker: null,
      last_proven_backup: TIMES.joined,
      retention: RETENTION,
    },
  ),
  describe(
    commitFigures,
    'The commits of the last ten seconds.',
    {
      writes_per_second: 'Writes that were committed, per second.',
      p50_ms: 'Half of the commits took at most this long, in milliseconds.',
      p99_ms: '99 of 100 commits took at most this long, in milliseconds.',
    },
    COMMITS,
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
