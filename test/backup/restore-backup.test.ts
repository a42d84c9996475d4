import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { makeBackup } from '../../server/backup/make-backup.ts';
import { restoreBackup } from '../../server/backup/restore-backup.ts';
import { filePath } from '../../server/storage/sqlite/attachments/attachment-folder.ts';
import { IN_USE } from '../../server/storage/sqlite/files/in-use.ts';
import { SCHEMA_VERSION } from '../../server/storage/sqlite/migrate.ts';
import { openWriter } from '../../server/storage/sqlite/open-writer.ts';
import { DATABASE_FILE } from '../../server/storage/sqlite/open.ts';
import { openReads } from '../../server/storage/sqlite/queries.ts';
import { repositoryRoot } from '../support/paths.ts';
import { png } from '../support/sample-images.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Backups as programs with older schemas made them, and one of the current schema: Ada and Ben have talked, Cleo has written to Ada and
 *  deleted her account. A released schema's file is never changed. */
const FOLDER = join(repositoryRoot, 'test/fixtures/backups');
const FILES = readdirSync(FOLDER).sort();

test('there is a backup of every schema since backups exist', () => {
  const schemas = FILES.map((name) => Number(/^schema-(\d+)\.tar\.gz$/.exec(name)?.[1]));
  const expected = Array.from({ length: SCHEMA_VERSION - 3 }, (_, at) => at + 4);
  assert.deepEqual(
    schemas.sort((a, b) => a - b),
    expected,
  );
});

for (const name of FILES)
  test(`[P11] [P10] ${name} can be restored, with a history of its own`, async (t) => {
    const file = join(tempDir(t), 'backup.tar');
    writeFileSync(file, gunzipSync(readFileSync(join(FOLDER, name))));
    const dataDir = join(tempDir(t), 'data');
    const { manifest, history } = await restoreBackup(file, dataDir, { actor: 'root', origin: 'console' });
    assert.notEqual(history, manifest.history);
    assert.equal(statSync(dataDir).mode & 0o777, 0o700);
    const queries = openReads(dataDir);
    t.after(() => {
      queries.close();
    });
    assert.equal(queries.history(), history);
    const [record] = queries.auditRecords({ before: null, limit: 1 });
    assert.deepEqual(
      [record?.actor, record?.action, record?.detail],
      ['root', 'restore', { made_at: manifest.made_at }],
    );
    const ada = queries.credentials('ada')?.userId ?? '';
    assert.equal(queries.credentials('cleo'), null);
    const { conversations } = queries.conversations(ada, 10, null) ?? { conversations: [] };
    const texts = conversations.flatMap(({ id }) =>
      (queries.messages(ada, id, { limit: 10 })?.messages ?? []).map(({ content }) => content),
    );
    const all = conversations.flatMap(({ id }) => queries.messages(ada, id, { limit: 10 })?.messages ?? []);
    const answer = all.find(({ reply_to: to }) => to !== null);
    const liked = all.filter(({ reactions }) => reactions.length > 0);
    const isNew = manifest.schema >= 7;
    assert.deepEqual(
      [answer?.content, liked.map(({ content, reactions: [first] }) => [content, first?.emoji])],
      isNew ? ['你好', [['one', '👍']]] : [undefined, []],
    );
    const said = ['bye', 'one', 'two', 'three', 'Grüße aus Köln', '你好'];
    assert.deepEqual(texts.filter((text) => text !== '').sort(), said.sort());
    const ben = conversations.map(({ peer }) => peer).find(({ username }) => username === 'ben');
    assert.ok(ben !== undefined && !('deleted' in ben));
    const hasProfiles = manifest.schema >= 8;
    assert.deepEqual(
      [ben.display_name, ben.about, queries.avatar(ben.id)?.type],
      hasProfiles ? ['Ben Nevis', 'in the hills', 'image/png'] : [null, null, undefined],
    );
    const hasSettings = manifest.schema >= 9;
    const shown = conversations.find(({ peer }) => peer.id === ben.id);
    assert.deepEqual(
      [shown?.pinned, shown?.archived, queries.blocks(ada).map(({ username }) => username)],
      hasSettings ? [true, true, ['ben']] : [false, false, []],
    );
    const [session] = queries.sessions(ada, '');
    const push = queries.pushSubscription(session?.id ?? '');
    assert.equal(push?.endpoint, manifest.schema >= 10 ? 'https://push.test/send/1' : undefined);
    const files = all.flatMap(({ attachments }) => attachments);
    const hasFiles = manifest.schema >= 11;
    assert.deepEqual(
      files.map(({ name, size, sha256 }) => [name, size, statSync(filePath(dataDir, sha256)).size]),
      hasFiles
        ? [
            ['Brief.txt', 17, 17],
            ['Bild.png', png(8, 8).length, png(8, 8).length],
          ]
        : [],
    );
    for (const { sha256 } of files)
      assert.equal(
        createHash('sha256')
          .update(readFileSync(filePath(dataDir, sha256)))
          .digest('hex'),
        sha256,
      );
    assert.equal(queries.storeCounts().attachments, hasFiles ? 3 : 0);
    const names = conversations.map(({ peer }) => peer.username);
    assert.deepEqual(names.sort(), ['Deleted User', 'ben']);
    assert.equal(queries.search(ada, 'köln', { limit: 5 }).messages.length, 1);
  });

test('[P11] a backup of a database that is marked as in use makes one that a server starts on', async (t) => {
  const dir = tempDir(t);
  const writer = openWriter(dir);
  const copy = join(tempDir(t), 'copy.db');
  const other = new Database(join(dir, DATABASE_FILE));
  other.prepare(`UPDATE meta SET value = value || ? WHERE key = 'generation'`).run(IN_USE);
  other.close();
  await writer.copyTo(copy);
  writer.close();
  const file = join(tempDir(t), 'backup.tar');
  await makeBackup(file, { copy, dataDir: dir, madeAt: 0 });
  const restored = join(tempDir(t), 'data');
  await restoreBackup(file, restored, { actor: 'root', origin: 'console' });
  openWriter(restored).close();
});
