import type { ChatStaging } from '../../storage/sqlite/transfer/chat-staging.ts';
import { ExportDigest } from '../../storage/transfer/export-digest.ts';
import type { ExportRecords } from '../../storage/transfer/export-record.ts';

/** What has to be known of a store before something is put into it. */
export interface StoreSurvey {
  /** Ids by username, of users who are not deleted. */
  readonly users: ReadonlyMap<string, string>;
  readonly reservedNames: ReadonlySet<string>;
  /** By `pairKey`. */
  readonly byPair: ReadonlyMap<string, ExistingConversation>;
  /** By id. */
  readonly conversations: ReadonlyMap<string, ExistingConversation>;
  /** Chats of the file of which messages are in the store, or were before retention removed them. */
  readonly importedChats: ReadonlySet<number>;
  /** Of the export of the store, to notice a change. */
  readonly sha256: string;
}

interface ExistingConversation {
  readonly id: string;
  readonly people: readonly [string, string];
  /** Those that retention has removed count too. */
  messages: number;
}

export const pairKey = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

/** Reads everything, and holds users and conversations. */
export const surveyStore = async (records: ExportRecords, staging: ChatStaging): Promise<StoreSurvey> => {
  const users = new Map<string, string>();
  const reservedNames = new Set<string>();
  const byPair = new Map<string, ExistingConversation>();
  const conversations = new Map<string, ExistingConversation>();
  const importedChats = new Set<number>();
  const digest = new ExportDigest();
  for await (const record of records) {
    digest.add(record);
    if (record.type === 'user' && record.username !== null) users.set(record.username, record.id);
    else if (record.type === 'reserved_name') reservedNames.add(record.name);
    else if (record.type === 'conversation') {
      const [{ user_id: first }, { user_id: second }] = record.sides;
      const found: ExistingConversation = { id: record.id, people: [first, second], messages: 0 };
      byPair.set(pairKey(first, second), found);
      conversations.set(record.id, found);
    } else if (record.type === 'message' || record.type === 'removed_message') {
      const conversation = conversations.get(record.conversation_id);
      if (conversation !== undefined) conversation.messages += 1;
      const chat = staging.chatOf(record.id);
      if (chat !== null) importedChats.add(chat);
    }
  }
  return { users, reservedNames, byPair, conversations, importedChats, sha256: digest.end().sha256 };
};
