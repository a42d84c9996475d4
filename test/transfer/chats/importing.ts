import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StagedRemark } from '../../../server/storage/sqlite/transfer/chat-staging.ts';
import type { ExportRecord, RecordOf, RecordType } from '../../../server/storage/transfer/export-record.ts';
import {
  importChats,
  type ChatFormat,
  type ChatImport,
  type ChatTarget,
} from '../../../server/transfer/chats/import-chats.ts';
import type { Ids } from '../../../server/runtime/ids.ts';
import { tempDir, type Scope } from '../../support/temp-dir.ts';

export type Imported = Omit<ChatImport, 'remarks'> & { readonly remarks: readonly StagedRemark[] };

/** Imports a text as a file. */
export const importText = async (
  scope: Scope,
  { format, text }: { readonly format: ChatFormat; readonly text: string },
  target: ChatTarget,
  { ids, map = {} }: { readonly ids: Ids; readonly map?: Readonly<Record<string, string>> },
): Promise<Imported> => {
  const path = join(tempDir(scope), 'file');
  writeFileSync(path, text);
  mkdirSync(target.dataDir, { recursive: true });
  let imported: Imported | undefined;
  const by = { ids, now: 1_700_000_000_000, actor: 'tester' };
  const file = { format, path, map: new Map(Object.entries(map)) };
  await importChats(file, target, by, (result) => {
    imported = { ...result, remarks: [...result.remarks] };
  });
  if (imported === undefined) throw new Error('nothing was reported');
  return imported;
};

/** The records of a store, by type. */
export class Records {
  readonly #all: readonly ExportRecord[];

  constructor(all: readonly ExportRecord[]) {
    this.#all = all;
  }

  static async of({ reading }: Pick<ChatTarget, 'reading'>): Promise<Records> {
    const all: ExportRecord[] = [];
    await reading(async (records) => {
      for await (const record of records) all.push(record);
    });
    return new Records(all);
  }

  all<T extends RecordType>(type: T): readonly RecordOf<T>[] {
    return this.#all.filter((record) => record.type === type) as unknown as readonly RecordOf<T>[];
  }

  userId(username: string): string {
    return this.all('user').find((user) => user.username === username)?.id ?? `no ${username}`;
  }

  /** What two wrote to each other, in its order. */
  between(a: string, b: string): readonly RecordOf<'message'>[] {
    const both = [this.userId(a), this.userId(b)].sort().join();
    const found = this.all('conversation').find(
      ({ sides }) => sides.map((side) => side.user_id).join() === both,
    );
    return this.all('message').filter((message) => message.conversation_id === found?.id);
  }

  /** What happened in a user's log, in its order: ids of messages, and events without their cursors. */
  log(userId: string): readonly string[] {
    const entries: [number, string][] = this.all('event')
      .filter((event) => event.user_id === userId)
      .map((event) => [event.cursor, `${event.kind} ${event.subject_id} ${String(event.seq)}`]);
    const conversations = new Map(this.all('conversation').map(({ id, sides }) => [id, sides]));
    for (const message of this.all('message')) {
      const isIn = conversations.get(message.conversation_id)?.some((side) => side.user_id === userId);
      if (isIn !== true) continue;
      const isOwn = message.sender_id === userId;
      entries.push([isOwn ? message.sender_cursor : message.recipient_cursor, message.id]);
    }
    return entries.sort(([a], [b]) => a - b).map(([, what]) => what);
  }
}
