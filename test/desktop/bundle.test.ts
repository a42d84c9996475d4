import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { bundledFiles } from '../support/asar.ts';
import { buildDesktop, inRepository } from '../support/desktop-app.ts';
import { desktopConfig } from '../support/desktop-config.ts';
import { neutralinoBinary, NOT_RUN } from '../support/neutralino-binary.ts';
import { tempDir } from '../support/temp-dir.ts';

const KB = 1024;
/** As scripts/check-bundle.ts has it. */
const RESOURCES_KB = 760;
const APP_KB = 5 * 1024;

const out = join(tempDir({ after }), 'desktop');
const binary = neutralinoBinary();
const said = buildDesktop(out, binary === null ? {} : { PARLEY_NEUTRALINO_BIN: binary });
const archive = join(out, 'linux/resources.neu');
const files = bundledFiles(archive);
const named = new Map(files.map(({ path, bytes }) => [path, bytes]));

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
const sizeOf = (folder: string): number =>
  filesIn(folder).reduce((sum, file) => sum + statSync(file).size, 0);

test('the bundle holds the client as it was built, its configuration and the icon, and nothing else', () => {
  const ui = inRepository('dist/desktop-ui');
  const expected = filesIn(ui).map((file) => `/dist/desktop-ui${file.slice(ui.length)}`);
  assert.deepEqual(
    [...named.keys()].sort(),
    [...expected, '/neutralino.config.json', '/ui/icons/icon-256.png'].sort(),
  );
  for (const path of expected) {
    assert.ok(named.get(path)?.equals(readFileSync(inRepository(path.slice(1)))), path);
  }
});

test('the bundled configuration is the one that the tests read', () => {
  assert.deepEqual(JSON.parse(String(named.get('/neutralino.config.json'))), desktopConfig);
});

test('the window’s page loads its own files only, and reads the values that Neutralino makes for it', () => {
  const page = String(named.get(`${desktopConfig.documentRoot}index.html`));
  const loaded = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
  assert.ok(loaded.length > 2);
  for (const path of loaded) {
    assert.ok(path.startsWith('./'), path);
    assert.ok(named.has(`${desktopConfig.documentRoot}${path.slice(2)}`), path);
  }
  // Read as text, not run: the name of a folder could end the script.
  assert.doesNotMatch(page, /neutralino/);
  assert.ok(
    files.some(({ path, bytes }) => path.endsWith('.js') && bytes.includes('/__neutralino_globals.js')),
  );
  // Neutralino would put the token in front of any file that ends so.
  for (const path of named.keys()) assert.doesNotMatch(path, /neutralino\.js$/);
});

test('the web client holds nothing of Neutralino', () => {
  const web = filesIn(inRepository('dist/ui'));
  assert.ok(web.length > 10);
  for (const file of web) {
    assert.doesNotMatch(readFileSync(file, 'latin1'), /neutralino|\bNL_[A-Z]+\b|nativeAllowList/i, file);
  }
  const desktop = files.filter(({ path }) => path.endsWith('.js')).map(({ bytes }) => String(bytes));
  assert.ok(
    desktop.some((script) => /\bNL_TOKEN\b/.test(script)),
    'what is looked for is in the other build',
  );
});

test(`resources are at most ${String(RESOURCES_KB)} KB`, (t) => {
  const { size } = statSync(archive);
  t.diagnostic(`resources.neu: ${(size / KB).toFixed(1)} KB`);
  assert.ok(size <= RESOURCES_KB * KB);
});

test('each system has its folder, with name, icon, version and a way to start', () => {
  const linux = filesIn(join(out, 'linux')).map((file) => file.slice(out.length + 7));
  for (const file of [
    'parley',
    'parley-window',
    'tools/zenity',
    'tools/kdialog',
    'parley.png',
    'parley.desktop',
    'resources.neu',
    'LICENSE',
    'third-party-notices.txt',
  ])
    assert.ok(linux.includes(file), file);
  assert.equal(statSync(join(out, 'linux/parley')).mode & 0o777, 0o755);
  const said = execFileSync(join(out, 'linux/parley'), ['--version'], { encoding: 'utf8' });
  assert.equal(said, `Parley ${desktopConfig.version}\n`);
  const app = join(out, 'mac/Parley.app/Contents');
  const plist = readFileSync(join(app, 'Info.plist'), 'utf8');
  assert.ok(plist.includes(`<string>${desktopConfig.version}</string>`));
  assert.doesNotMatch(plist, /@\w+@/);
  assert.match(plist, /LSArchitecturePriority<\/key><array><string>arm64/);
  assert.equal(readFileSync(join(app, 'Resources/parley.icns')).toString('latin1', 0, 4), 'icns');
  assert.equal(statSync(join(app, 'MacOS/Parley')).mode & 0o777, 0o755);
  const ico = readFileSync(join(out, 'windows/parley.ico'));
  assert.equal(ico.readUInt32LE(0), 0x0001_0000);
  for (const folder of ['mac/Parley.app/Contents/Resources', 'windows'])
    assert.ok(readFileSync(join(out, folder, 'resources.neu')).equals(readFileSync(archive)), folder);
});

test('what is missing is named, with how to get it', () => {
  for (const name of ['neutralino-mac_universal', 'neutralino-win_x64.exe']) {
    const here = existsSync(inRepository('bin', name));
    assert.equal(said.includes(`${name} is missing`), !here, said);
  }
  if (binary === null) assert.match(said, /neutralino-linux_x64 is missing.*npx neu update/);
});

if (binary === null) console.log(`${NOT_RUN} (size of the whole Linux app)`);
test('the whole Linux app is at most 5 MB', { skip: binary === null ? NOT_RUN : false }, (t) => {
  const size = sizeOf(join(out, 'linux'));
  t.diagnostic(`Linux app: ${(size / KB / KB).toFixed(2)} MB`);
  assert.ok(size <= APP_KB * KB);
});
