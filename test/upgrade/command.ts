import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { freePort } from '../../perf/machine/free-port.ts';
import { scoped } from '../faults/scoped.ts';
import { tempDir, type Scope } from '../support/temp-dir.ts';
import { FIXTURES, fixtureName } from './fixture.ts';
import { newDataDir, OldServer } from './old-version.ts';
import { contentOf, fill } from './stored-content.ts';

const MESSAGES = 60;

/** `npm run fixture:upgrade`: the data directory that the old version makes, and what it tells its users. Needed once for each version that
 *  is upgraded from. */
const makeFixture = async (scope: Scope): Promise<void> => {
  const dataDir = newDataDir(tempDir(scope));
  const server = await OldServer.start(scope, dataDir, await freePort());
  const users = await fill(scope, server, MESSAGES);
  const content = await contentOf(scope, server, users);
  await server.stop();
  mkdirSync(FIXTURES, { recursive: true });
  const files = execFileSync('tar', ['c', '-C', dataDir, '--owner=0', '--group=0', '.'], {
    maxBuffer: 64 * 1024 * 1024,
  });
  writeFileSync(join(FIXTURES, `${fixtureName}.tar.gz`), gzipSync(files, { level: 9 }));
  writeFileSync(join(FIXTURES, `${fixtureName}.json.gz`), gzipSync(JSON.stringify(content), { level: 9 }));
  console.log(`${FIXTURES}/${fixtureName}.tar.gz`);
};

await scoped(makeFixture);
