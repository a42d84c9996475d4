import {
  adminSession,
  adminUser,
  adminUserAnswer,
  adminUsersAnswer,
  adminUsersQuery,
  changedAnswer,
  endedAnswer,
  inviteAnswer,
  inviteBody,
  inviteParams,
  inviteResource,
  invitesAnswer,
  nameAndSessionParams,
  nameParams,
  newestQuery,
  resetCodeAnswer,
  unlockAnswer,
  unlockBody,
} from '../../../protocol/resources/admin.ts';
import { describe, type Described } from './describe.ts';
import { IDS, TIMES } from './examples.ts';

const USER = {
  id: IDS.ben,
  username: 'ben',
  display_name: null,
  about: null,
  avatar: null,
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
      display_name: 'The name that the user has chosen to be shown by; null if there is none.',
      about: 'What the user says about themselves; null if nothing.',
      avatar: 'The version of the avatar; null if there is none.',
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

/** What admins see of users and invitations, and send. */
export const ADMIN_WORDS: readonly Described[] = [...USERS, ...INVITES];
