import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../support/paths.ts';
import { tempDir } from '../support/temp-dir.ts';

const npm = (cwd: string, ...args: readonly string[]): string =>
  execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund'], {
    cwd,
    encoding: 'utf8',
    stdio: 'pipe',
  });

/** npm before 11 does not know `allowScripts`, and runs whatever a package of the tests brings. */
test('no package runs a script when it is installed', (t) => {
  const folder = tempDir(t);
  const [bad, clone] = [join(folder, 'bad'), join(folder, 'clone')];
  mkdirSync(bad);
  mkdirSync(clone);
  const ran = join(folder, 'ran');
  const scripts = Object.fromEntries(
    ['preinstall', 'install', 'postinstall'].map((name) => [
      name,
      `node -e "fs.writeFileSync('${ran}', '')"`,
    ]),
  );
  writeFileSync(join(bad, 'package.json'), JSON.stringify({ name: 'bad', version: '1.0.0', scripts }));
  npm(bad, 'pack', '--pack-destination', clone);
  writeFileSync(
    join(clone, 'package.json'),
    JSON.stringify({ name: 'clone', version: '1.0.0', dependencies: { bad: 'file:bad-1.0.0.tgz' } }),
  );
  copyFileSync(join(repositoryRoot, '.npmrc'), join(clone, '.npmrc'));
  npm(clone, 'install');
  assert.ok(existsSync(join(clone, 'node_modules/bad/package.json')));
  npm(clone, 'ci');
  npm(clone, 'rebuild');
  assert.ok(!existsSync(ran), 'a script of the package ran');
  npm(clone, 'rebuild', 'bad', '--ignore-scripts=false');
  assert.ok(existsSync(ran), 'the script would have been seen');
});

test('the SQLite addon is the one that was compiled here', () => {
  const release = join(repositoryRoot, 'node_modules/better-sqlite3/build/Release');
  const [sum, abi] = readFileSync(join(release, 'better_sqlite3.node.sha256'), 'utf8').trim().split(' ');
  assert.match(sum ?? '', /^[0-9a-f]{64}$/);
  assert.equal(abi, process.versions.modules);
  // node-gyp leaves its intermediate files, a downloaded binary brings none.
  assert.ok(existsSync(join(release, 'obj.target/better_sqlite3.node')));
});
