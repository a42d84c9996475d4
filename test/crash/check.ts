import assert from 'node:assert/strict';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import type { MessageResource } from '../../server/protocol/resources/message.ts';
import type { ChatClient } from '../support/chat-client.ts';
import type { Ledger } from '../support/ledger.ts';
import { makeDir, removeDir } from '../support/temp-dir.ts';

/** What a killed process left on disk, looked at in a copy, so that the look can't mend what it looks at. */
export const assertIntact = (dataDir: string, databaseFile: string): void => {
  const copy = makeDir();
  try {
    for (const suffix of ['', '-wal']) {
      const from = join(dataDir, `${databaseFile}${suffix}`);
      if (existsSync(from)) cpSync(from, join(copy, `${databaseFile}${suffix}`));
    }
    const database = new Database(join(copy, databaseFile), { fileMustExist: true });
    try {
      assert.deepEqual(database.pragma('integrity_check'), [{ integrity_check: 'ok' }]);
      assert.deepEqual(database.pragma('foreign_key_check'), []);
    } finally {
      database.close();
    }
  } finally {
    removeDir(copy);
  }
};

/** The stored history against the ledger, from where the last check ended. */
export class HistoryCheck {
  readonly #ledger: Pick<Ledger, 'read'>;
  /** Conversation → the ids found in it so far, in order of seq. */
  readonly #found = new Map<string, string[]>();

  constructor(ledger: Pick<Ledger, 'read'>) {
    this.#ledger = ledger;
  }

  /** Every acknowledged message is stored once, with the seq and the time of its ack; seqs have no gap; nothing is stored
   *  that was not sent, and as it was sent. Returns how many messages stand. */
  async run(
    clients: readonly { readonly me: ChatClient; readonly peer: { readonly id: string } }[],
  ): Promise<number> {
    const { sent, acked } = this.#ledger.read();
    for (const { me, peer } of clients) {
      const { conversations } = await me.get<{ conversations: ConversationResource[] }>('/conversations');
      const conversation = conversations.find((each) => each.peer.id === peer.id);
      if (conversation === undefined) continue;
      const ids = this.#found.get(conversation.id) ?? [];
      this.#found.set(conversation.id, ids);
      for (const message of await me.history(conversation.id, ids.length)) {
        assert.equal(message.seq, ids.length + 1, 'a gap in seq');
        this.#compare(message, sent.get(message.message_id));
        ids.push(message.message_id);
      }
    }
    const places = new Map(
      [...this.#found].flatMap(([conversation, ids]) =>
        ids.map((id, i) => [id, { conversation, seq: i + 1 }]),
      ),
    );
    const total = [...this.#found.values()].reduce((sum, ids) => sum + ids.length, 0);
    assert.equal(places.size, total, 'a message is stored twice');
    for (const [id, { conversationId, seq }] of acked) {
      assert.deepEqual(
        places.get(id),
        { conversation: conversationId, seq },
        `acknowledged message ${id} is not where it was`,
      );
    }
    return total;
  }

  /** Ids that stand in any conversation. */
  get stored(): ReadonlySet<string> {
    return new Set([...this.#found.values()].flat());
  }

  #compare(message: MessageResource, sent: { content: string; from: string; to: string } | undefined): void {
    assert.ok(sent !== undefined, `message ${message.message_id} was never sent`);
    assert.deepEqual(
      { content: message.content, from: message.sender_id, to: message.recipient_id },
      { content: sent.content, from: sent.from, to: sent.to },
    );
  }
}
