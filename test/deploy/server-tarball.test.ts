import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { after, test } from 'node:test';
import { listedIn } from '../../scripts/third-party-notices.ts';
import { ChatClient } from '../support/chat-client.ts';
import { http } from '../support/http-client.ts';
import { packageVersion as version, repositoryRoot } from '../support/paths.ts';
import { ServerRun } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';

const isLinux = process.platform === 'linux';
const skip = isLinux ? false : 'not run: packages of the server are made on Linux';
const folder = tempDir({ after });
const pack = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['scripts/run.mjs', 'package:server', '--out', folder, ...args], {
    cwd: repositoryRoot,
    encoding: 'utf8',
  });

/** The folder of the unpacked archive, without anything else. */
const unpacked = (): string => {
  const name = `parley-server_${version}_linux-${process.arch}`;
  const { status, stderr } = pack('--level', '1');
  assert.equal(status, 0, stderr);
  assert.match(stderr, /runs with glibc \d+\.\d+ or later/);
  const into = join(folder, 'unpacked');
  mkdirSync(into);
  execFileSync('tar', ['-xzf', join(folder, `${name}.tar.gz`), '--no-same-owner', '-C', into]);
  assert.deepEqual(readdirSync(into), [name]);
  return join(into, name);
};

/** A PATH with the two programs of every Linux that the launchers need, and no Node, npm or compiler. */
const barePath = (): string => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const name of ['dirname', 'readlink']) symlinkSync(`/usr/bin/${name}`, join(bin, name));
  return bin;
};

test(
  'a package for another machine is refused in a sentence that says which machine it needs',
  { skip },
  () => {
    const other = process.arch === 'x64' ? 'arm64' : 'x64';
    const { status, stderr } = pack('--platform', `linux-${other}`);
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`^A package for linux-${other} needs a Linux machine .*\\n$`));
  },
);

test('the archive runs without Node, npm or a compiler', { skip }, async (t) => {
  const home = unpacked();
  const PATH = barePath();
  const commands = spawnSync(join(home, 'parley'), ['--help'], { env: { PATH }, encoding: 'utf8' });
  assert.equal(commands.status, 0, commands.stderr);
  assert.match(commands.stdout, /parley doctor/);

  const dataDir = join(folder, 'data');
  // A link to the program must find the rest of the package.
  symlinkSync(join(home, 'parley-server'), join(folder, 'parley-server'));
  const settings = { PATH, PARLEY_PORT: '0', PARLEY_DATA_DIR: dataDir };
  const server = new ServerRun(settings, folder, join(folder, 'parley-server'));
  t.after(() => server.kill());
  const { origin: url, host } = await server.listening();
  assert.equal((await http('GET', `${url}/readyz`)).status, 200);
  assert.equal((await http('GET', `${url}/`)).status, 200);
  await ChatClient.register(t, { url, socketUrl: `ws://${host}/ws` }, 'ada');
  const env = { PATH, PARLEY_DATA_DIR: dataDir };
  const users = execFileSync(join(home, 'parley'), ['user', 'list'], { env, encoding: 'utf8' });
  assert.match(users, /\bada\b/);
  server.signal('SIGTERM');
  assert.deepEqual(await server.exited, { code: 0, signal: null });

  for (const file of ['LICENSE', 'README.md', 'docs/operate.md', 'deploy/Caddyfile', 'lib/ui/index.html']) {
    assert.ok(existsSync(join(home, file)), file);
  }
  const noticed = listedIn(readFileSync(join(home, 'third-party-notices.txt'), 'utf8')).map(
    ({ name }) => name,
  );
  const shipped = readdirSync(join(home, 'lib/node_modules'));
  for (const name of ['node', 'zod', 'lit', ...shipped.filter((each) => !each.startsWith('@'))]) {
    assert.ok(noticed.includes(name === 'uWebSockets.js' ? 'uwebsockets' : name), name);
  }
  const { components } = JSON.parse(readFileSync(join(home, 'sbom.cdx.json'), 'utf8')) as {
    components: unknown[];
  };
  assert.ok(components.length > 50);
  for (const entry of readdirSync(home, { recursive: true, withFileTypes: true })) {
    const { mode } = statSync(join(entry.parentPath, entry.name));
    assert.equal(mode & 0o022, 0, `${entry.name} can be changed by its owner alone`);
  }
});
