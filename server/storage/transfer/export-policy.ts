import type { RecordType } from './export-record.ts';

/** What an export holds of each table of both stores. A test compares this with both schemas, so a new table or column has to be judged
 *  here before it can be used. */

interface TableExport {
  /** The columns that stand in records, and in which. The names of users, conversations and sessions stand there by their ids. */
  readonly exported: string;
  readonly as: readonly RecordType[];
  /** The columns that do not, and why not. */
  readonly leftOut?: Readonly<Record<string, string>>;
}

const ROW = 'a store gives its own row numbers';
const COUNTED = 'counted in the messages';
const POINTER = 'found in the order of the messages';
const NOTED = 'found among the events';

const SIDE_EXPORTED = 'delivered read cleared hidden pinned archived muted_until';
const both = (columns: string): string =>
  columns
    .split(' ')
    .flatMap((column) => [`low_${column}`, `high_${column}`])
    .join(' ');

const CONVERSATION = {
  exported: `id low high created_at ${both(SIDE_EXPORTED)}`,
  as: ['conversation'],
  leftOut: {
    row: ROW,
    last_seq: COUNTED,
    [both('sent delivered_count read_count cleared_count')]: COUNTED,
    [both('delivered_event read_event own_read_event settings_event')]: NOTED,
    [both('blocks')]: 'noted among the blocks',
    [both('activity')]: 'found among the messages and the events',
    [`removed_until ${both('removed')}`]: 'counted in the removed messages',
  },
} as const satisfies TableExport;
const SESSION = 'id refresh_hash created_at expires_at last_activity ip_address user_agent';
const CONNECTED = 'nobody is connected to a store that was imported';
const INVITE = 'row hash created_at uses_left uses used_at expires_at revoked_at';
const SPENT = 'hash session successor_hash spent_at expires_at';
const REMOVED = {
  exported: 'conversation seq id sender sender_cursor recipient_cursor sent_at content_hash',
  as: ['removed_message'],
} as const satisfies TableExport;
const REACTION = 'conversation seq emoji at cursor peer_cursor';
const LAST_CHANGE = 'the last change of each user is the current one';
const RUNS = 'about the runs of retention on this store; what they removed is counted';
const SEARCH = 'a server builds its index anew';
const PUSH =
  'they belong to a browser and to the keys of this server; a client subscribes anew at its next start';
const VERSION = 'follows from the bytes of the avatar';
const ATTACHMENT = 'id name type size sha256 at conversation seq position uploader';
const GOING = 'what nobody can see any more is removed, not exported';
const UPLOADS = 'an upload is no attachment before it is complete';
const TELLING = 'whoever was not told connects to another history after an import, and reads profiles again';
const PENDING = 'an export waits until peers are told, and leaves out what a deletion still erases';

/** The same in both. */
const SHARED = {
  reserved_names: { exported: 'name', as: ['reserved_name'] },
  spent_refresh_tokens: { exported: SPENT, as: ['spent_token'] },
  login_failures: { exported: 'key failures first_at ends_at', as: ['login_failures'] },
  signups: { exported: 'key count first_at', as: ['signups'] },
  invites: { exported: INVITE, as: ['invite'] },
  removed_messages: REMOVED,
  audit_records: {
    exported: 'row at actor origin action subject target detail',
    as: ['audit_record'],
  },
} as const satisfies Readonly<Record<string, TableExport>>;

export const SQLITE_EXPORT = {
  ...SHARED,
  users: {
    exported: 'id username created_at deleted_at role disabled_at display_name about',
    as: ['user'],
    leftOut: { row: ROW, is_anonymized: 'whether there is a deleted_at', avatar: VERSION },
  },
  avatars: {
    exported: 'user type bytes',
    as: ['avatar'],
    leftOut: { room: 'the same in each row' },
  },
  user_name_words: { exported: '', as: [], leftOut: { 'row user word': 'made of the display names' } },
  pending_profiles: { exported: '', as: [], leftOut: { 'row user bucket conversation': TELLING } },
  blocks: { exported: 'user peer at', as: ['block'], leftOut: { row: ROW } },
  credentials: { exported: 'user password_hash', as: ['user'] },
  conversations: { ...CONVERSATION, leftOut: { ...CONVERSATION.leftOut, last_message: POINTER } },
  members: {
    exported: '',
    as: [],
    leftOut: { 'user bucket conversation peer': 'made of the conversations' },
  },
  messages: {
    exported:
      'id conversation seq sender sender_cursor recipient_cursor sent_at content deleted_user_name reply_to reply_seq attachments',
    as: ['message', 'user'],
    leftOut: {
      row: ROW,
      ordinal: COUNTED,
      recipient: 'the other one of the conversation',
      'previous sender_previous recipient_previous': POINTER,
      is_anonymized: 'whether the sender is deleted',
    },
  },
  attachments: {
    exported: ATTACHMENT,
    as: ['attachment', 'attachment_bytes'],
    leftOut: { row: ROW },
  },
  removed_files: { exported: '', as: [], leftOut: { sha256: GOING } },
  pending_attachments: { exported: '', as: [], leftOut: { conversation: GOING } },
  reactions: {
    exported: `${REACTION} user`,
    as: ['reaction'],
    leftOut: { row: ROW, message: 'the one with its seq', is_current: LAST_CHANGE },
  },
  message_marks: { exported: '', as: [], leftOut: { 'conversation seq message': POINTER } },
  heads: {
    exported: 'user cursor',
    as: ['user'],
    leftOut: { 'message message_cursor': POINTER },
  },
  log_marks: { exported: '', as: [], leftOut: { 'user cursor message': POINTER } },
  events: { exported: 'user cursor kind at subject', as: ['event', 'reaction'] },
  user_sessions: {
    exported: `${SESSION} user`,
    as: ['session'],
    leftOut: { row: ROW, 'connected websocket_id': CONNECTED },
  },
  push_subscriptions: {
    exported: '',
    as: [],
    leftOut: { 'session user endpoint p256dh auth show_text': PUSH },
  },
  user_presence: { exported: 'user last_seen', as: ['user'], leftOut: { status: CONNECTED } },
  login_failures_of_user: { exported: 'key user failures', as: ['login_failures_of_user'] },
  password_resets: { exported: 'user hash created_at expires_at', as: ['password_reset'] },
  search_postings: { exported: '', as: [], leftOut: { 'chunk gram rows': SEARCH } },
  pending_deletions: {
    exported: 'name',
    as: ['user'],
    leftOut: { 'row user stage bucket conversation message': PENDING },
  },
  retention: {
    exported: '',
    as: [],
    leftOut: { 'one removed removed_to last_run_at run file bytes active_at': RUNS },
  },
  meta: {
    exported: '',
    as: [],
    leftOut: { 'key value': 'about the file itself; an import makes a new history' },
  },
} as const satisfies Readonly<Record<string, TableExport>>;

export const POSTGRES_EXPORT = {
  ...SHARED,
  users: {
    exported:
      'id username password_hash created_at deleted_at deleted_name role disabled_at display_name about',
    as: ['user'],
    leftOut: { row: ROW, avatar: VERSION },
  },
  avatars: { exported: 'user_row type bytes', as: ['avatar'] },
  user_name_words: { exported: '', as: [], leftOut: { 'user_row word': 'made of the display names' } },
  pending_profiles: { exported: '', as: [], leftOut: { 'row user_row bucket conversation': TELLING } },
  blocks: { exported: 'user_row peer at', as: ['block'], leftOut: { row: ROW } },
  conversations: CONVERSATION,
  members: {
    exported: '',
    as: [],
    leftOut: { 'user_row bucket conversation peer': 'made of the conversations' },
  },
  messages: {
    exported:
      'id conversation seq sender sender_cursor recipient_cursor sent_at content reply_to reply_seq attachments',
    as: ['message'],
    leftOut: {
      ordinal: COUNTED,
      recipient: 'the other one of the conversation',
    },
  },
  attachments: { exported: ATTACHMENT, as: ['attachment'] },
  attachment_chunks: { exported: 'attachment n bytes', as: ['attachment_bytes'] },
  attachment_uploads: {
    exported: '',
    as: [],
    leftOut: { 'id started_at user_row name type size received taker': UPLOADS },
  },
  pending_attachments: { exported: '', as: [], leftOut: { 'row conversation': GOING } },
  reactions: {
    exported: `${REACTION} user_row`,
    as: ['reaction'],
    leftOut: { row: ROW, is_current: LAST_CHANGE },
  },
  heads: { exported: 'user_row cursor', as: ['user'], leftOut: { name: 'the username' } },
  events: { exported: 'user_row cursor kind at subject seq', as: ['event', 'reaction'] },
  user_sessions: {
    exported: `${SESSION} user_row`,
    as: ['session'],
    leftOut: { row: ROW, 'connected websocket_id': CONNECTED },
  },
  push_subscriptions: {
    exported: '',
    as: [],
    leftOut: { 'session user_row endpoint p256dh auth show_text': PUSH },
  },
  user_presence: { exported: 'user_row last_seen', as: ['user'], leftOut: { status: CONNECTED } },
  login_failures_of_user: { exported: 'key user_row failures', as: ['login_failures_of_user'] },
  hosts: {
    exported: '',
    as: [],
    leftOut: { 'id name version started_at heartbeat_at gone_at knows_schema': CONNECTED },
  },
  connections: {
    exported: '',
    as: [],
    leftOut: { 'row socket host user_row session visible ip_address opened_at': CONNECTED },
  },
  login_slots: {
    exported: '',
    as: [],
    leftOut: { 'slot key ends_at': 'an attempt is over before an export is read' },
  },
  password_resets: { exported: 'user_row hash created_at expires_at', as: ['password_reset'] },
  search_todo: { exported: '', as: [], leftOut: { 'user_row chunk version': SEARCH } },
  search_chunks: { exported: '', as: [], leftOut: { 'user_row chunk version': SEARCH } },
  search_lists: { exported: '', as: [], leftOut: { 'user_row chunk bucket lists': SEARCH } },
  pending_deletions: {
    exported: '',
    as: [],
    leftOut: { 'row user_row stage bucket conversation': PENDING },
  },
  retention: {
    exported: '',
    as: [],
    leftOut: { 'one removed last_run_at run file bytes active_at': RUNS },
  },
  meta: {
    exported: '',
    as: [],
    leftOut: {
      'one schema oldest_program secrets probe': 'about the database itself',
      'first_admin_link first_admin_until': 'for a store without users',
      history: 'an import makes a new one [P10]',
    },
  },
} as const satisfies Readonly<Record<string, TableExport>>;
