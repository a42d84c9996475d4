import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';
import { RELEASES } from '../../scripts/nodes/releases.ts';
import { KNOWN_PACKAGES } from '../../server/runtime/native/known-binaries.ts';
import { repositoryRoot } from '../support/paths.ts';

interface Runtime {
  readonly node: string;
  readonly platform: string;
  readonly glibc: string | undefined;
  readonly ownBinaries: boolean;
}
interface Line {
  readonly major: number;
  readonly minor: number;
}
const { GLIBC_NEEDED, linesOf, nodeFault } = (await import(
  pathToFileURL(join(repositoryRoot, 'scripts/node-support.mjs')).href
)) as {
  GLIBC_NEEDED: Readonly<Record<string, string>>;
  linesOf: (engines: string) => readonly Line[];
  nodeFault: (runtime: Runtime, engines: string) => string | undefined;
};

const read = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8');
const ENGINES = (JSON.parse(read('package.json')) as { engines: { node: string } }).engines.node;
/** `process.versions.modules` of each release line. */
const ABIS: Readonly<Record<string, string>> = { 20: '115', 22: '127', 24: '137' };

const linux = (node: string, glibc: string | undefined = '2.41', ownBinaries = false): Runtime => ({
  node,
  platform: 'linux',
  glibc,
  ownBinaries,
});
const faultOf = (runtime: Runtime): string | undefined => nodeFault(runtime, ENGINES);

const RANGE = 'Node 20.19 or a later 20.x, 22.13 or a later 22.x, or 24';
const ON_OLD_GLIBC = 'Node 20.19 or a later 20.x';

for (const node of ['20.19.0', '20.20.2', '22.13.0', '22.23.5', '24.0.0', '24.22.3']) {
  test(`Node ${node} is taken where the C library is new enough`, () => {
    assert.equal(faultOf(linux(node)), undefined);
    assert.equal(faultOf(linux(node, '2.38')), undefined);
  });
}

for (const node of ['16.20.2', '18.20.8', '20.18.3', '21.7.3', '22.12.0', '23.11.1', '25.0.0', '26.10.0']) {
  test(`Node ${node} is refused with the versions that are needed`, () => {
    assert.equal(faultOf(linux(node)), `Parley needs ${RANGE}; this is ${node}. With nvm: nvm install`);
    assert.equal(
      faultOf(linux(node, '2.36')),
      `Parley needs ${ON_OLD_GLIBC}; this is ${node}. With nvm: nvm install 20`,
      'only what would run here is advised',
    );
  });
}

for (const node of ['22.23.5', '24.22.3']) {
  test(`Node ${node} is refused where glibc is too old, with the systems that have it`, () => {
    for (const [glibc, named] of [
      ['2.36', '2.36'],
      ['2.4', '2.4'],
      [undefined, 'none'],
    ]) {
      assert.equal(
        nodeFault({ ...linux(node), glibc }, ENGINES),
        `Node ${node.slice(0, 2)} needs glibc 2.38 or later (Debian 13, Ubuntu 24.04) for uWebSockets.js, and this system has ` +
          `${String(named)}: use such a system, or ${ON_OLD_GLIBC}. With nvm: nvm install 20`,
      );
    }
  });

  test(`Node ${node} is taken on other systems, and where the operator brings a binary`, () => {
    for (const platform of ['darwin', 'win32']) {
      assert.equal(nodeFault({ ...linux(node), platform, glibc: undefined }, ENGINES), undefined);
    }
    assert.equal(faultOf(linux(node, '2.36', true)), undefined);
  });
}

test('Node 20 is taken on an old glibc and on another C library', () => {
  for (const glibc of ['2.28', undefined])
    assert.equal(nodeFault({ ...linux('20.19.0'), glibc }, ENGINES), undefined);
});

test('a form of engines.node that is not understood is no silent yes', () => {
  for (const engines of ['>=20', '20.x', '>=20.19 <22', '>=20.19 <21||>=22 <23', '^20.19.0']) {
    assert.throws(() => linesOf(engines), /is not written as/, engines);
  }
});

test('each release line has known binaries, and the glibc that is said is the one they need', () => {
  const uws = KNOWN_PACKAGES.find(({ folder }) => folder === 'uWebSockets.js');
  const majors = linesOf(ENGINES).map(({ major }) => String(major));
  assert.deepEqual(majors, Object.keys(ABIS));
  for (const major of majors) {
    for (const arch of ['x64', 'arm64']) {
      const known = uws?.files[`uws_linux_${arch}_${ABIS[major] ?? ''}.node`];
      assert.match(known?.sha256 ?? '', /^[0-9a-f]{64}$/);
      assert.equal(GLIBC_NEEDED[major], known?.glibc, `Node ${major} on ${arch}`);
    }
  }
});

test('the versions that are named elsewhere are among them', () => {
  const versions = [read('.nvmrc').trim(), ...Object.values(RELEASES).map(({ node }) => node)];
  for (const version of versions) assert.equal(faultOf(linux(version)), undefined, version);
  assert.match(read('README.md'), /Node 20\.19\+, 22\.13\+ or 24/);
});

/** What a process sees of the Node it runs on, changed before the program's first line. */
const standIn = (node: string, glibc: string): string =>
  `data:text/javascript,${encodeURIComponent(`
    Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${node}' } });
    process.report.getReport = () => ({ header: { glibcVersionRuntime: '${glibc}' } });
  `)}`;
const refusals: readonly (readonly [node: string, glibc: string, said: RegExp])[] = [
  ['18.20.8', '2.41', /^Parley needs Node .*; this is 18\.20\.8\. With nvm: nvm install\n$/],
  ['23.11.1', '2.41', /^Parley needs Node .*; this is 23\.11\.1\. With nvm: nvm install\n$/],
];
const onOldLinux: readonly (readonly [node: string, glibc: string, said: RegExp])[] = [
  ['24.22.3', '2.36', /^Node 24 needs glibc 2\.38 or later .* this system has 2\.36: .*\n$/],
];
for (const [node, glibc, said] of [...refusals, ...(process.platform === 'linux' ? onOldLinux : [])]) {
  for (const entry of ['scripts/run.mjs start', 'scripts/build.mjs server']) {
    test(`${entry} with Node ${node} and glibc ${glibc} ends with one line and exit code 74`, () => {
      const { status, stdout, stderr } = spawnSync(
        execPath,
        ['--import', standIn(node, glibc), ...entry.split(' ')],
        {
          cwd: repositoryRoot,
          encoding: 'utf8',
        },
      );
      assert.match(stderr, said);
      assert.deepEqual([stdout, status], ['', 74]);
    });
  }
}
