import assert from 'node:assert/strict';
import { rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sayWith, upload } from '../support/attach.ts';
import { expectStatus, twoPeople } from '../support/chat-client.ts';
import { exportedData } from '../support/export-download.ts';
import { inOrder } from '../support/in-order.ts';
import { ServerProcess, sqliteOnly } from '../support/server-process.ts';
import { checkedByPrograms } from '../support/zip-files.ts';

test(
  '[E2] an export is whole without the files that the server has lost, and says which these are',
  { skip: sqliteOnly },
  async (t) => {
    const server = await ServerProcess.start(t);
    const [ada, ben] = await twoPeople(t, server);
    const { socket } = await ada.online();
    const sent = await inOrder(['kept.txt', 'lost.jpg', 'cut.pdf'], (name) =>
      upload(ada, Buffer.from(`the bytes of ${name}`), { name }),
    );
    await sayWith(
      socket,
      ben,
      sent.map(({ id }) => id),
    );
    const [, lost, cut] = sent;
    assert.ok(lost !== undefined && cut !== undefined);
    const fileOf = ({ sha256 }: { sha256: string }): string =>
      join(server.dataDir, 'attachments', sha256.slice(0, 2), sha256);
    rmSync(fileOf(lost));
    truncateSync(fileOf(cut), 3);

    const { bytes } = expectStatus(await ben.http('GET', '/users/me/export'), 200);
    t.diagnostic(`checked by ${checkedByPrograms(t, bytes) ?? 'no other program'}`);
    const { files, messages } = await exportedData(bytes);
    const found = [...files].filter(([name]) => name.startsWith('attachments/'));
    assert.deepEqual(
      found.map(([name]) => name.slice('attachments/'.length)),
      sent.map(({ id, name }) => (name === 'kept.txt' ? `${id}-${name}` : `${id}-${name}.missing.txt`)),
    );
    assert.equal(found[0]?.[1].toString(), 'the bytes of kept.txt');
    for (const [i, { id, name, sha256 }] of [lost, cut].entries()) {
      const text = found[i + 1]?.[1].toString() ?? '';
      assert.match(text, /^The server has lost this file/);
      for (const each of [id, JSON.stringify(name), sha256, messages[0]?.conversation_id ?? '-'])
        assert.ok(text.includes(each), text);
      await server.run.line('attachments.lost', ({ attachmentId }) => attachmentId === id);
      expectStatus(await ben.http('GET', `/attachments/${id}`), 500);
    }
    assert.equal((await server.kill('SIGTERM')).code, 0);
  },
);
