import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWriter } from '../../../server/storage/sqlite/open-writer.ts';
import { INIT } from '../../../server/storage/sqlite/migrations/0001-init.ts';
import { openReadWrite, type Db } from '../../../server/storage/sqlite/open.ts';
import { openReads } from '../../../server/storage/sqlite/queries.ts';
import { fromBlob } from '../../../server/storage/sqlite/uuid.ts';
import { RandomSource } from '../../support/random-source.ts';
import { tempDir, type Scope } from '../../support/temp-dir.ts';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 0, 1);
const CREATED = 3;

const uuid = (kind: number, n: number): Buffer => {
  const id = Buffer.alloc(16, kind);
  id.writeUInt32BE(n, 12);
  return id;
};

/** A database of the first schema: one person with conversations, some opened and never written in, their activity as it was stored
 *  then, by time. */
const oldDatabase = (scope: Scope, conversations: number, random: RandomSource): string => {
  const dir = tempDir(scope);
  const db = openReadWrite(dir);
  db.exec(INIT);
  db.pragma('user_version = 1');
  fill(db, conversations, random);
  db.close();
  return dir;
};

const fill = (db: Db, conversations: number, random: RandomSource): void => {
  const user = db.prepare('INSERT INTO users (row, id, username, created_at) VALUES (?, ?, ?, ?)');
  const talk = db.prepare(
    `INSERT INTO conversations (row, id, low, high, created_at, activity, last_seq, last_message, low_sent, high_sent,
     high_hidden) VALUES (@row, @id, 1, @peer, @at, @at, @seq, @message, @seq, 0, @hidden)`,
  );
  const member = db.prepare('INSERT INTO members VALUES (?, ?, ?, ?)');
  const message = db.prepare(
    `INSERT INTO messages (row, id, conversation, seq, ordinal, sender, recipient, sender_cursor, recipient_cursor, previous,
     sender_previous, recipient_previous, sent_at, content) VALUES (?, ?, ?, 1, 1, 1, ?, ?, 1, 0, ?, 0, ?, 'text')`,
  );
  const event = db.prepare('INSERT INTO events VALUES (1, ?, ?, ?, ?)');
  user.run(1, uuid(1, 1), 'ann', START);
  let cursor = 0;
  let row = 0;
  for (let at = 1; at <= conversations; at += 1) {
    const peer = at + 1;
    const time = START + at * 97_000;
    user.run(peer, uuid(1, peer), `user-${String(peer)}`, START);
    event.run((cursor += 1), CREATED, time, at);
    const silent = random.chance(0.2);
    if (!silent) message.run((row += 1), uuid(3, row), at, peer, (cursor += 1), row - 1, time);
    talk.run({
      row: at,
      id: uuid(2, at),
      peer,
      at: time,
      seq: silent ? 0 : 1,
      message: silent ? 0 : row,
      hidden: silent ? 1 : 0,
    });
    for (const [mine, theirs] of [
      [1, peer],
      [peer, 1],
    ] as const)
      member.run(mine, Math.floor(time / HOUR_MS), at, theirs);
  }
  db.exec('INSERT INTO heads (user) SELECT row FROM users');
  db.prepare('UPDATE heads SET cursor = ?, message = ?, message_cursor = ? WHERE user = 1').run(
    cursor,
    row,
    cursor,
  );
};

test('[C5] a database of before keeps the order of its lists, and goes on from there', (t) => {
  const dir = oldDatabase(t, 600, new RandomSource(7));
  // Without the checks of a start, which would find that this database is made up.
  const writer = openWriter(dir, { resetPresence: false });
  const queries = openReads(dir);
  t.after(() => {
    queries.close();
    writer.close();
  });
  const ann = fromBlob(uuid(1, 1));
  const listed = (): string[] => {
    const seen: string[] = [];
    for (let before: string | null = null, on = true; on;) {
      const page = queries.conversations(ann, 7, before);
      seen.push(...(page?.conversations.map(({ id }) => id) ?? []));
      before = page?.next ?? null;
      on = before !== null;
    }
    return seen;
  };
  const expected = Array.from({ length: 600 }, (_, at) => fromBlob(uuid(2, 600 - at)));
  assert.deepEqual(listed(), expected);
  const [outcome] = writer.commit([
    {
      type: 'appendMessage',
      input: {
        messageId: fromBlob(uuid(3, 9_999)),
        pair: { first: ann, second: fromBlob(uuid(1, 2)) },
        senderId: ann,
        newConversationId: fromBlob(uuid(2, 9_999)),
        content: 'the oldest comes first',
      },
    },
  ]);
  assert.equal(outcome?.ok, true);
  assert.deepEqual(listed(), [expected.at(-1), ...expected.slice(0, -1)]);
});
