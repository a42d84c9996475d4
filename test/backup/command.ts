import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { SCHEMA_VERSION } from '../../server/storage/sqlite/migrate.ts';
import { ChatClient, PASSWORD } from '../support/chat-client.ts';
import { commandAnswer } from '../support/operator-command.ts';
import { repositoryRoot } from '../support/paths.ts';
import { say } from '../support/say.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempDir, type Scope } from '../support/temp-dir.ts';
import { scoped } from '../faults/scoped.ts';

/** `npm run fixture:backup`: makes the backup of the current schema that `restore-backup.test.ts` restores from then on.
 *  Needed once for each new migration, before its release. */
const makeFixture = async (scope: Scope): Promise<void> => {
  const server = await ServerProcess.start(scope);
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
  await speak(ben, ada, ['Grüße aus Köln', '你好']);
  await speak(cleo, ada, ['bye']);
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
