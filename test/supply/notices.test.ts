import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from 'vite';
import { listedIn, NOTICES_FILE, thirdPartyNotices } from '../../scripts/third-party-notices.ts';
import { repositoryRoot } from '../support/paths.ts';
import { tempDir, type Scope } from '../support/temp-dir.ts';

const read = (...parts: readonly string[]): string => readFileSync(join(repositoryRoot, ...parts), 'utf8');

interface SourceMap {
  readonly sources: readonly string[];
}
/** The packages in a bundle, by what its source maps say: another witness than the one that wrote the notices. */
const packagesIn = (folder: string): readonly string[] => {
  const maps = readdirSync(join(repositoryRoot, folder)).filter((file) => file.endsWith('.js.map'));
  const sources = maps.flatMap((file) => (JSON.parse(read(folder, file)) as SourceMap).sources);
  return [
    ...new Set(sources.flatMap((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? [])),
  ];
};

test('the server’s notices name every package that is in its bundle', () => {
  const listed = listedIn(read('dist/bundle', NOTICES_FILE)).map(({ name }) => name);
  const bundled = packagesIn('dist/bundle');
  assert.ok(bundled.includes('zod') && bundled.includes('pino'), bundled.join(', '));
  assert.deepEqual(
    bundled.filter((name) => !listed.includes(name)),
    [],
  );
});

/** Words that a minified bundle keeps of each work, and that nobody else would write. */
const TRACES: Readonly<Record<string, RegExp>> = {
  lit: /litElementVersions|litHtmlVersions/,
  lucide: /stroke-linejoin/,
};

for (const folder of ['dist/ui', 'dist/desktop-ui']) {
  test(`the notices in ${folder} name what the client is made of, with texts and authors`, () => {
    const text = read(folder, NOTICES_FILE);
    const scripts = readdirSync(join(repositoryRoot, folder, 'assets'))
      .filter((file) => file.endsWith('.js'))
      .map((file) => read(folder, 'assets', file))
      .join('\n');
    const listed = listedIn(text).map(({ name }) => name);
    for (const [name, trace] of Object.entries(TRACES)) {
      assert.match(scripts, trace);
      assert.ok(listed.includes(name), name);
    }
    for (const author of ['Google LLC', 'Lucide', 'Cole Bemis']) {
      assert.ok(text.includes(author), author);
    }
    assert.equal(listed.includes('@neutralinojs/lib'), folder === 'dist/desktop-ui');
  });
}

/** A bundle of one module that imports one package. */
const bundleOf = async (scope: Scope, files: Readonly<Record<string, string>>): Promise<string> => {
  const root = tempDir(scope);
  const folder = join(root, 'node_modules/some-package');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(root, 'main.js'), "import { value } from 'some-package';\nconsole.log(value);\n");
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  await build({
    root,
    configFile: false,
    logLevel: 'silent',
    plugins: [thirdPartyNotices()],
    build: { lib: { entry: 'main.js', formats: ['es'], fileName: 'out' } },
  });
  return readFileSync(join(root, 'dist', NOTICES_FILE), 'utf8');
};
const PACKAGE = {
  'package.json':
    '{"name":"some-package","version":"1.2.3","license":"MIT","main":"index.js","type":"module"}',
  'index.js': 'export const value = Math.random();\n',
};

test('a package that is bundled goes into the notices with its text', async (t) => {
  const text = await bundleOf(t, { ...PACKAGE, 'LICENSE.md': 'Copyright (c) Somebody' });
  assert.deepEqual(listedIn(text), [{ name: 'some-package', version: '1.2.3', license: 'MIT' }]);
  assert.match(text, /Copyright \(c\) Somebody/);
});

test('a build fails that bundles a package without a licence text', async (t) => {
  await assert.rejects(bundleOf(t, PACKAGE), /some-package@1\.2\.3 is bundled and has no licence text/);
});

const TEXTLESS: readonly (readonly [name: string, notice: string])[] = [
  ['@redis/client', 'server/notifier/redis-session.notice.txt'],
  ['http_ece', 'server/edge/push/encrypt.notice.txt'],
];
for (const [name, notice] of TEXTLESS) {
  test(`${name}, whose package holds no licence text, has its notice beside the file that imports it`, () => {
    const folder = `node_modules/${name}`;
    const { version, license } = JSON.parse(read(folder, 'package.json')) as Readonly<Record<string, string>>;
    assert.equal(read(notice).split('\n', 1)[0], `${name} | ${version ?? ''} | ${license ?? ''}`);
    assert.deepEqual(
      readdirSync(join(repositoryRoot, folder)).filter((file) => /licen[cs]e/i.test(file)),
      [],
      'now that it has one, the notice can go',
    );
  });
}
