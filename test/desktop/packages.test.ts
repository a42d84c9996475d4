import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { buildDesktop, inRepository } from '../support/desktop-app.ts';
import { desktopConfig } from '../support/desktop-config.ts';
import { tempDir } from '../support/temp-dir.ts';

const { version } = desktopConfig;
const folder = tempDir({ after });
const [app, out] = [join(folder, 'desktop'), join(folder, 'packages')];
buildDesktop(app, { PARLEY_NEUTRALINO_BIN: '' });
// Those of bin/, where there are some.
for (const file of [
  'linux/parley-linux_x64',
  'mac/Parley.app/Contents/MacOS/parley-mac_universal',
  'windows/Parley.exe',
]) {
  rmSync(join(app, file), { force: true });
}

const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, {
    cwd: inRepository('.'),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
const pack = (kind: string, system: string) =>
  spawnSync(
    process.execPath,
    ['scripts/run.mjs', `package:${kind}`, '--in', join(app, system), '--out', out],
    {
      cwd: inRepository('.'),
      encoding: 'utf8',
    },
  );
const has = (program: string): boolean => spawnSync('/bin/sh', ['-c', `command -v ${program}`]).status === 0;
const without = (program: string): string | false => (has(program) ? false : `not run: no ${program}`);

/** In the place of a binary, so that packing can be tried where there is none: it says how it was started. */
const place = (...parts: readonly string[]): void => {
  const file = join(app, ...parts);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\numask\npwd\nprintf '%s\\n' "$@"\n`, { mode: 0o755 });
};

const home = join(folder, "home of o'brien");
mkdirSync(home);
/** What the binary says when it is started by this launcher, a line each. */
const start = (launcher: string, args: readonly string[] = []): readonly string[] =>
  execFileSync('/bin/sh', ['-c', 'umask 022; exec "$0" "$@"', launcher, ...args], {
    env: { PATH: '/usr/bin:/bin', HOME: home },
    encoding: 'utf8',
  })
    .trim()
    .split('\n');

test('no package is made of a folder without its binary: it says what is missing', () => {
  for (const [kind, system, missing] of [
    ['deb', 'linux', 'parley-linux_x64'],
    ['mac', 'mac', 'parley-mac_universal'],
    ['windows', 'windows', 'Parley.exe'],
  ] as const) {
    const { status, stderr } = pack(kind, system);
    assert.equal(status, 1, kind);
    assert.match(stderr, new RegExp(`lacks .*${missing}.*desktop:build`));
  }
});

test(
  '.deb: what it holds, what it needs, and that nothing runs at its installation',
  { skip: without('dpkg-deb') },
  () => {
    place('linux/parley-linux_x64');
    const { status, stderr } = pack('deb', 'linux');
    assert.equal(status, 0, stderr);
    const file = join(out, `parley-chat_${version}_amd64.deb`);
    const field = (name: string): string => run('dpkg-deb', '-f', file, name).trim();
    assert.equal(field('Package'), 'parley-chat');
    assert.equal(field('Version'), version);
    assert.match(field('Depends'), /libwebkit2gtk-4\.1-0/);
    const [control, tree] = [join(folder, 'control'), join(folder, 'tree')];
    run('dpkg-deb', '-e', file, control);
    assert.deepEqual(run('ls', control).trim().split('\n'), ['control'], 'no script of its own');
    const listed = run('dpkg-deb', '-c', file);
    for (const path of [
      './usr/bin/parley-chat -> ../lib/parley-chat/parley',
      './usr/lib/parley-chat/resources.neu',
      './usr/share/doc/parley-chat/third-party-notices.txt',
      './usr/share/applications/chat.parley.desktop.desktop',
      './usr/share/icons/hicolor/256x256/apps/chat.parley.desktop.png',
    ]) {
      assert.ok(listed.includes(path), path);
    }
    for (const line of listed.trim().split('\n'))
      assert.match(line, /^[-dl]rwxr-xr-x root\/root|^-rw-r--r-- root\/root|^lrwxrwxrwx root\/root/);
    run('dpkg-deb', '-x', file, tree);
    assert.ok(
      readFileSync(join(tree, 'usr/lib/parley-chat/resources.neu')).equals(
        readFileSync(join(app, 'linux/resources.neu')),
      ),
    );
    const started = start(join(tree, 'usr/bin/parley-chat'), ['--more']);
    const data = join(home, '.local/share/chat.parley.desktop');
    assert.deepEqual(started.slice(0, 2), ['0022', '/'], 'what it starts makes files and works as before');
    assert.match(started[2] ?? '', new RegExp(`^--path=${data}/resources-\\d+$`));
    assert.deepEqual(
      readFileSync(join(started[2]?.slice('--path='.length) ?? '', 'resources.neu')),
      readFileSync(join(app, 'linux/resources.neu')),
    );
    assert.ok(started.includes('--res-mode=bundle'));
    assert.ok(started.includes('--parley-private-files'));
    assert.ok(!started.includes('--more'));
    assert.equal(statSync(data).mode & 0o777, 0o700);
  },
);

test('.app: a bundle that starts its own binary beside its own resources', () => {
  place('mac/Parley.app/Contents/MacOS/parley-mac_universal');
  const { status, stderr } = pack('mac', 'mac');
  assert.equal(status, 0, stderr);
  const started = start(join(out, 'Parley.app/Contents/MacOS/Parley'));
  const data = join(home, 'Library/Application Support/chat.parley.desktop');
  assert.equal(started[1], '/');
  assert.match(started[2] ?? '', new RegExp(`^--path=${data}/resources-\\d+$`));
  assert.ok(started.includes('--parley-private-files'));
  assert.equal(statSync(data).mode & 0o777, 0o700);
});

test('Windows: the installer is made', { skip: without('makensis') }, () => {
  place('windows/Parley.exe');
  const { status, stderr } = pack('windows', 'windows');
  assert.equal(status, 0, stderr);
  assert.equal(readFileSync(join(out, `Parley-${version}-setup.exe`)).toString('latin1', 0, 2), 'MZ');
});
