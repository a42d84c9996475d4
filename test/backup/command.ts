import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { SCHEMA_VERSION } from '../../server/storage/sqlite/migrate.ts';
import { sayWith, upload } from '../support/attach.ts';
import { ChatClient, PASSWORD } from '../support/chat-client.ts';
import { browserSubscription } from '../support/browser-subscription.ts';
import { commandAnswer } from '../support/operator-command.ts';
import { repositoryRoot } from '../support/paths.ts';
import { react } from '../support/react.ts';
import { png } from '../support/sample-images.ts';
import { say } from '../support/say.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempDir, type Scope } from '../support/temp-dir.ts';
import { scoped } from '../faults/scoped.ts';

/** `npm run fixture:backup`: makes the backup of the current schema that `restore-backup.test.ts` restores from then on.
 *  Needed once for each new migration, before its release. */
const makeFixture = async (scope: Scope): Promise<void> => {
  const server = await ServerProcess.start(scope, { PARLEY_PUSH_SUBJECT: 'mailto:admin@chat.example' });
  const [ada, ben, cleo] = [
    await ChatClient.register(scope, server, 'ada'),
    await ChatClient.register(scope, server, 'ben'),
    await ChatClient.register(scope, server, 'cleo'),
  ];
  const speak = async (from: ChatClient, to: ChatClient, texts: readonly string[]): Promise<void> => {
    const { socket } = await from.online();
    for (const text of texts) await say(socket, to, text);
    socket.terminate();
  };
  await speak(ada, ben, ['one', 'two', 'three']);
  await speak(ben, ada, ['Grüße aus Köln']);
  const { socket } = await ben.online();
  const { payload } = await socket.next('message', (frame) => frame.payload.content === 'one');
  await say(socket, ada, '你好', crypto.randomUUID(), payload.message_id);
  await react(socket, payload.message_id, '👍');
  socket.terminate();
  await ben.http('PATCH', '/users/me', { body: { display_name: 'Ben Nevis', about: 'in the hills' } });
  await ben.http('PUT', '/users/me/avatar', {
    body: png(8, 8),
    headers: { 'content-type': 'image/png' },
  });
  await ada.http('PUT', '/users/me/push', { body: { ...browserSubscription(), show_text: true } });
  await speak(cleo, ada, ['bye']);
  const files = [
    await upload(ada, Buffer.from('a text in a file\n'), { name: 'Brief.txt', type: 'text/plain' }),
    await upload(ada, png(8, 8), { name: 'Bild.png', type: 'image/png' }),
  ];
  const sending = await ada.online();
  await sayWith(
    sending.socket,
    ben,
    files.map(({ id }) => id),
  );
  sending.socket.terminate();
  await upload(ben, Buffer.alloc(0), { name: 'not sent' });
  await ada.http('PATCH', `/conversations/${payload.conversation_id}`, {
    body: { pinned: true, archived: true },
  });
  await ada.http('PUT', `/users/${ben.id}/block`);
  await cleo.http('DELETE', '/users/me', { body: { password: PASSWORD } });
  const file = join(tempDir(scope), 'backup.tar');
  await commandAnswer(server.dataDir, ['backup', file]);
  const folder = join(repositoryRoot, 'test/fixtures/backups');
  mkdirSync(folder, { recursive: true });
  const name = `schema-${String(SCHEMA_VERSION)}.tar.gz`;
  writeFileSync(join(folder, name), gzipSync(readFileSync(file), { level: 9 }));
  console.log(`test/fixtures/backups/${name}`);
};

await scoped(makeFixture);
