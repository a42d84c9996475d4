import {
  RECORD_TYPES,
  type ExportRecord,
  type RecordOf,
  type RecordType,
} from '../../transfer/export-record.ts';
import { RecordFault } from '../../transfer/transfer-error.ts';
import { bucketOf } from '../../rules/conversation-record.ts';
import { sqliteCode } from '../../store-error.ts';
import type { Db } from '../open.ts';
import { AccountImport } from './import-accounts.ts';
import { AttachmentImport } from './import-attachments.ts';
import { EventImport } from './import-events.ts';
import { MessageImport } from './import-messages.ts';

type Takers = { readonly [T in RecordType]: (record: RecordOf<T>) => void };

/** Fills a new database with the records of an export, in their order. Each record is checked against those before it. */
export class RecordImport {
  readonly #db: Db;
  readonly #messages: MessageImport;
  readonly #attachments: AttachmentImport;
  readonly #takers: Takers;
  #type: RecordType = 'user';

  /** `db`: see `openNewDatabase`. `dataDir`: the folder that the files of attachments belong to. */
  constructor(db: Db, dataDir: string) {
    this.#db = db;
    const accounts = new AccountImport(db);
    const messages = new MessageImport(db);
    const events = new EventImport(db);
    const attachments = new AttachmentImport(db, dataDir);
    this.#messages = messages;
    this.#attachments = attachments;
    this.#takers = { ...chatTakers(messages, events, attachments), ...accountTakers(accounts) };
  }

  /** @throws RecordFault */
  take(record: ExportRecord): void {
    this.#passTo(record.type);
    try {
      this.#takers[record.type](record as never);
    } catch (error) {
      if (!sqliteCode(error).startsWith('SQLITE_CONSTRAINT')) throw error;
      throw new RecordFault(constraintText(record.type, (error as Error).message));
    }
  }

  /** After the last record. @throws RecordFault */
  finish(): void {
    this.#passTo('audit_record');
    this.#attachments.finish();
    this.#listConversations();
  }

  close(): void {
    this.#attachments.close();
  }

  /** The messages get their rows once all of them are there, and before an event refers to one. */
  #passTo(type: RecordType): void {
    const after = RECORD_TYPES.indexOf('message');
    if (RECORD_TYPES.indexOf(this.#type) <= after && RECORD_TYPES.indexOf(type) > after)
      this.#messages.place();
    this.#type = type;
  }

  #listConversations(): void {
    const page = this.#db
      .prepare<[number], [row: number, low: number, high: number, lowAt: number, highAt: number]>(
        'SELECT row, low, high, low_activity, high_activity FROM conversations WHERE row > ? ORDER BY row LIMIT 1000',
      )
      .raw();
    const add = this.#db.prepare<[number, number, number, number]>('INSERT INTO members VALUES (?, ?, ?, ?)');
    for (let rows = page.all(0); rows.length > 0; rows = page.all(rows.at(-1)?.[0] ?? 0)) {
      for (const [row, low, high, lowAt, highAt] of rows) {
        add.run(low, bucketOf(lowAt), row, high);
        add.run(high, bucketOf(highAt), row, low);
      }
    }
  }
}

type AccountRecord = Exclude<RecordType, ChatRecord>;
type ChatRecord =
  'conversation' | 'removed_message' | 'message' | 'event' | 'reaction' | 'attachment' | 'attachment_bytes';

const chatTakers = (
  messages: MessageImport,
  events: EventImport,
  attachments: AttachmentImport,
): Pick<Takers, ChatRecord> => ({
  conversation: (record) => {
    messages.conversation(record);
  },
  removed_message: (record) => {
    messages.removedMessage(record);
  },
  message: (record) => {
    messages.message(record);
  },
  event: (record) => {
    events.event(record);
  },
  reaction: (record) => {
    events.reaction(record);
  },
  attachment: (record) => {
    attachments.attachment(record);
  },
  attachment_bytes: (record) => {
    attachments.bytes(record);
  },
});

const accountTakers = (accounts: AccountImport): Pick<Takers, AccountRecord> => ({
  user: (record) => {
    accounts.user(record);
  },
  avatar: (record) => {
    accounts.avatar(record);
  },
  reserved_name: (record) => {
    accounts.reservedName(record);
  },
  block: (record) => {
    accounts.block(record);
  },
  session: (record) => {
    accounts.session(record);
  },
  spent_token: (record) => {
    accounts.spentToken(record);
  },
  login_failures: (record) => {
    accounts.loginFailures(record);
  },
  login_failures_of_user: (record) => {
    accounts.loginFailuresOfUser(record);
  },
  signups: (record) => {
    accounts.signups(record);
  },
  invite: (record) => {
    accounts.invite(record);
  },
  password_reset: (record) => {
    accounts.passwordReset(record);
  },
  audit_record: (record) => {
    accounts.auditRecord(record);
  },
});

/** What must be there once only, by the column that SQLite names. */
const UNIQUE: Readonly<Record<string, string>> = {
  'users.username': 'the username belongs to another user already',
  'blocks.user': 'this user blocks that one already',
  'conversations.low': 'there is a conversation of these two users already',
  'user_sessions.refresh_hash': 'the refresh_hash belongs to another session already',
  'invites.hash': 'the hash belongs to another invite already',
  'password_resets.hash': 'the hash belongs to another password_reset already',
  'attachments.id': 'the id belongs to another attachment already',
  'messages.id': 'the id belongs to another message already',
  'removed_messages.id': 'the id belongs to another removed_message already',
};

const constraintText = (type: RecordType, message: string): string => {
  const [, column = ''] = /UNIQUE constraint failed: (?:staging\.)?([\w.]+)/.exec(message) ?? [];
  return UNIQUE[column] ?? `this ${type} contradicts another record (${message})`;
};
