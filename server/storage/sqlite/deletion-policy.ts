import type { KindName } from '../rules/event-kinds.ts';

/** What deletions do to the rows of each table. A test compares this with the schema, so a new table or column has to be judged
 *  here before it can be used, and with what a deletion really does. */

type DeletionRule =
  /** The user's rows go with the decision itself. `events`: the kinds of events that refer to such rows, and that are erased with
   *  them from everybody's log (`SUBJECT`). */
  | { readonly does: 'erases at once'; readonly events?: readonly KindName[] }
  /** The user's rows go in the steps that follow the decision. */
  | { readonly does: 'erases in steps'; readonly events?: readonly KindName[] }
  /** The user's rows stay, because others need them, and no longer show whose they are. */
  | { readonly does: 'anonymises'; readonly why: string }
  /** The user's rows stay, because others need them. The columns of the user's side that are named become 0, and those of both sides that
   *  are. */
  | { readonly does: 'resets'; readonly mine: string; readonly both: string; readonly why: string }
  /** Nothing changes. */
  | { readonly does: 'keeps'; readonly why: string };

export interface TablePolicy {
  /** The columns that were judged. */
  readonly columns: string;
  /** SQL that is true for the rows about the user with the row number `:user`, and null where no row is about a user. */
  readonly about: string | null;
  /** The deletion of a user. */
  readonly ofUser: DeletionRule;
  /** What it does that a user deletes a conversation for themselves. What the peer sees stays, so only two things happen: the
   *  conversation notes how far it is cleared, and the user's log gets an event. */
  readonly ofConversation: 'keeps' | 'clears' | 'logs';
  /** Rewritten after deletions, because free space in its pages may still hold what was deleted. */
  readonly rewritten?: true;
}

const SIDE =
  'sent delivered delivered_count read read_count cleared cleared_count hidden delivered_event read_event own_read_event activity removed pinned archived muted_until settings_event blocks';
const sideColumns = (side: string): string =>
  SIDE.split(' ')
    .map((column) => `${side}_${column}`)
    .join(' ');

const POSITION = 'a position in a conversation or log, which peers need, and no data of the user';
const LIMIT = 'about an address and not a user; it ends with its window';

export const DELETION_POLICY = {
  users: {
    columns: 'row id username created_at deleted_at is_anonymized role disabled_at display_name about avatar',
    about: 'row = :user',
    ofUser: { does: 'anonymises', why: 'the messages in the histories of peers refer to it' },
    ofConversation: 'keeps',
    rewritten: true,
  },
  credentials: {
    columns: 'user password_hash',
    about: 'user = :user',
    ofUser: { does: 'erases at once' },
    ofConversation: 'keeps',
    rewritten: true,
  },
  user_name_words: {
    columns: 'row user word',
    about: 'user = :user',
    ofUser: { does: 'erases at once' },
    ofConversation: 'keeps',
    rewritten: true,
  },
  // Not rewritten: no part of an image stands in a page with other rows (`0008-profiles.ts`).
  avatars: {
    columns: 'user room type bytes',
    about: 'user = :user',
    ofUser: { does: 'erases at once' },
    ofConversation: 'keeps',
  },
  pending_profiles: {
    columns: 'row user bucket conversation',
    about: 'user = :user',
    ofUser: { does: 'erases at once' },
    ofConversation: 'keeps',
  },
  blocks: {
    columns: 'row user peer at',
    about: ':user IN (user, peer)',
    ofUser: { does: 'erases in steps' },
    ofConversation: 'keeps',
  },
  reserved_names: {
    columns: 'name',
    about: null,
    ofUser: { does: 'keeps', why: 'the name comes here, so that it is never given to another user [A1]' },
    ofConversation: 'keeps',
  },
  conversations: {
    columns: `row id low high created_at last_seq last_message removed_until ${sideColumns('low')} ${sideColumns('high')}`,
    about: ':user IN (low, high)',
    ofUser: {
      does: 'resets',
      mine: 'pinned archived muted_until settings_event',
      both: 'blocks',
      why: 'peers keep their histories',
    },
    ofConversation: 'clears',
  },
  members: {
    columns: 'user bucket conversation peer',
    about: ':user IN (user, peer)',
    ofUser: { does: 'keeps', why: 'the lists of peers are made from it' },
    ofConversation: 'keeps',
  },
  messages: {
    columns:
      'row id conversation seq ordinal sender recipient sender_cursor recipient_cursor previous sender_previous ' +
      'recipient_previous sent_at content is_anonymized deleted_user_name reply_to reply_seq attachments',
    about: 'sender = :user',
    ofUser: {
      does: 'anonymises',
      why: 'recipients keep what was written to them; the name stays in one column, which no query reads',
    },
    ofConversation: 'keeps',
  },
  // What is sent belongs to its message. The bytes are files, which go once no attachment has them.
  attachments: {
    columns: 'row id uploader name type size sha256 at conversation seq position',
    about: 'uploader = :user AND conversation IS NULL',
    ofUser: { does: 'erases in steps' },
    ofConversation: 'keeps',
  },
  removed_files: {
    columns: 'sha256',
    about: null,
    ofUser: { does: 'keeps', why: 'hashes of files that are about to be removed' },
    ofConversation: 'keeps',
  },
  pending_attachments: {
    columns: 'conversation',
    about: null,
    ofUser: { does: 'keeps', why: 'it says where attachments have to be removed' },
    ofConversation: 'keeps',
  },
  reactions: {
    columns: 'row conversation seq message user emoji at cursor peer_cursor is_current',
    about: 'user = :user',
    ofUser: { does: 'keeps', why: 'peers keep their histories; the user is named by row only' },
    ofConversation: 'keeps',
  },
  removed_messages: {
    columns: 'conversation seq id sender sender_cursor recipient_cursor sent_at content_hash',
    about: 'sender = :user',
    ofUser: {
      does: 'keeps',
      why: 'a repeated id gets its first answer [D4]; it holds numbers and a hash, and neither text nor name',
    },
    ofConversation: 'keeps',
  },
  retention: {
    columns: 'one removed removed_to last_run_at run file bytes active_at',
    about: null,
    ofUser: { does: 'keeps', why: 'it says how far retention is' },
    ofConversation: 'keeps',
  },
  message_marks: {
    columns: 'conversation seq message',
    about: null,
    ofUser: { does: 'keeps', why: POSITION },
    ofConversation: 'keeps',
  },
  heads: {
    columns: 'user cursor message message_cursor',
    about: 'user = :user',
    ofUser: { does: 'keeps', why: POSITION },
    ofConversation: 'logs',
  },
  log_marks: {
    columns: 'user cursor message',
    about: 'user = :user',
    ofUser: { does: 'keeps', why: POSITION },
    ofConversation: 'keeps',
  },
  events: {
    columns: 'user cursor kind at subject',
    about: 'user = :user',
    ofUser: { does: 'erases in steps' },
    ofConversation: 'logs',
  },
  user_sessions: {
    columns:
      'row id user refresh_hash created_at expires_at last_activity ip_address user_agent connected websocket_id',
    about: 'user = :user',
    ofUser: { does: 'erases at once' },
    ofConversation: 'keeps',
    rewritten: true,
  },
  push_subscriptions: {
    columns: 'session user endpoint p256dh auth show_text',
    about: 'user = :user',
    ofUser: { does: 'erases at once' },
    ofConversation: 'keeps',
    rewritten: true,
  },
  spent_refresh_tokens: {
    columns: 'hash session successor_hash spent_at expires_at',
    about: null,
    ofUser: {
      does: 'keeps',
      why: 'hashes of random tokens, which name nobody once the session is gone; they expire',
    },
    ofConversation: 'keeps',
  },
  user_presence: {
    columns: 'user status last_seen',
    about: 'user = :user',
    ofUser: { does: 'erases at once' },
    ofConversation: 'keeps',
  },
  login_failures: {
    columns: 'key failures first_at ends_at',
    about: null,
    ofUser: { does: 'keeps', why: LIMIT },
    ofConversation: 'keeps',
  },
  login_failures_of_user: {
    columns: 'key user failures',
    about: 'user = :user',
    ofUser: { does: 'erases at once' },
    ofConversation: 'keeps',
  },
  signups: {
    columns: 'key count first_at',
    about: null,
    ofUser: { does: 'keeps', why: LIMIT },
    ofConversation: 'keeps',
  },
  invites: {
    columns: 'row hash created_at uses_left uses used_at expires_at revoked_at',
    about: null,
    ofUser: { does: 'keeps', why: 'hashes of random codes, which do not say who used them' },
    ofConversation: 'keeps',
  },
  password_resets: {
    columns: 'user hash created_at expires_at',
    about: 'user = :user',
    ofUser: { does: 'erases at once' },
    ofConversation: 'keeps',
  },
  audit_records: {
    columns: 'row at actor origin action subject target detail',
    about: 'subject = :user',
    ofUser: {
      does: 'keeps',
      why: 'it says what operators did; the user is named by row only, and the name is joined when it is shown',
    },
    ofConversation: 'keeps',
  },
  search_postings: {
    columns: 'chunk gram rows',
    about: null,
    ofUser: { does: 'keeps', why: 'it says which messages hold which characters, and the messages stay' },
    ofConversation: 'keeps',
  },
  pending_deletions: {
    columns: 'row user name stage bucket conversation message',
    about: 'user = :user',
    ofUser: { does: 'erases in steps' },
    ofConversation: 'keeps',
  },
  meta: {
    columns: 'key value',
    about: null,
    ofUser: { does: 'keeps', why: 'it holds what concerns the database as a whole' },
    ofConversation: 'keeps',
  },
} as const satisfies Readonly<Record<string, TablePolicy>>;

const POLICIES: readonly (readonly [table: string, policy: TablePolicy])[] = Object.entries(DELETION_POLICY);

/** The tables whose rows of a user go when the deletion is decided. All of them have a column `user`. */
export const ERASED_AT_ONCE = POLICIES.filter(([, { ofUser }]) => ofUser.does === 'erases at once').map(
  ([table]) => table,
);

/** The tables that hold names, password hashes and addresses. Each has an integer primary key. */
export const REWRITTEN = POLICIES.filter(([, { rewritten }]) => rewritten === true).map(([table]) => table);
