import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ExpectedError, main } from './command.mjs';
import { copyNameService, glibcOfRoot, makeDebianRoot, type Debian } from './debian/root.ts';
import { runInside } from './debian/run-inside.ts';
import { log } from './log.mjs';
import { GLIBC_NEEDED, isOlder } from './node-support.mjs';
import { putNode } from './nodes/put-node.ts';
import { RELEASES, type Release } from './nodes/releases.ts';
import { copySources } from './nodes/source-copy.ts';
import { root } from './root.mjs';

/** `npm run test:nodes [-- 22|24 …] [part of a path …] [--mirror URL]`: the unit and the system tests, or those named, with the versions
 *  of Node that this machine's C library may be too old for, in a Debian 13 root in dist/nodes/, from `npm ci` on. Needs Linux, root,
 *  debootstrap, a mirror of Debian and the npm registry. Exit code 1: a test failed; 77: they could not be run here, and the last
 *  line says why. */
const FOLDER = join(root, 'dist/nodes');
const STAGES = ['unit', 'system'];

const DEBIAN: Debian = {
  name: 'Debian 13',
  suite: 'trixie',
  // What a build and the unit and system tests use; the same as in .ci/run, without the browser.
  packages: [
    ...['build-essential', 'python3', 'git', 'systemd', 'strace', 'openssl', 'caddy', 'nginx-light'],
    ...['haproxy', 'ca-certificates', 'e2fsprogs', 'procps', 'bsdutils', 'util-linux', 'mount'],
  ],
};

/** The figures that the test runner prints at its end, as TAP or for a terminal. */
const figuresIn = (text: string): string => {
  const figure = (name: string): string =>
    [...text.matchAll(new RegExp(`^(?:#|ℹ) ${name} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? '?';
  return `${figure('pass')} passed, ${figure('fail')} failed, ${figure('skipped')} skipped`;
};

/** A few megabytes of what was printed last: the figures stand at the end. */
const TAIL = 4_000_000;

interface Result {
  readonly passed: boolean;
  readonly line: string;
}

const testWith = async (debian: string, release: Release, parts: readonly string[]): Promise<Result> => {
  const home = putNode(debian, release);
  const cwd = `/parley-node-${release.node}`;
  copySources(root, join(debian, cwd));
  log(`Node ${release.node}: tests of ${parts.join(' and ')} …`);
  let text = '';
  const shards = process.env['TEST_SHARDS'];
  const code = await runInside({
    root: debian,
    cwd,
    npm: true,
    env: {
      PATH: `${home}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      ...(shards === undefined ? {} : { TEST_SHARDS: shards }),
    },
    command: ['node', 'scripts/test.mjs', ...parts],
    onText: (more) => {
      text = (text + more).slice(-TAIL);
    },
  });
  const line = `Node ${release.node} on ${DEBIAN.name}, ${glibcOfRoot(debian)}: ${figuresIn(text)}`;
  return code === 0 ? { passed: true, line } : { passed: false, line: `${line} (exit ${code})` };
};

/** Where this machine's C library is too old, the same Node out here must be refused, by `npm start` and by the built server: with exit
 *  code 74 and one line that names the glibc. */
const refusalsOf = (debian: string, release: Release): readonly Result[] => {
  const needed = GLIBC_NEEDED[Number.parseInt(release.node, 10)] ?? '0';
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  const present = header.glibcVersionRuntime ?? needed;
  if (!isOlder(present, needed)) return [];
  const node = join(debian, putNode(debian, release), 'bin/node');
  return ['scripts/run.mjs start', 'dist/bundle/main.js'].map((entry) => {
    const { status, stderr } = spawnSync(node, entry.split(' '), {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], PARLEY_LOG_LEVEL: 'silent', PARLEY_PORT: '0' },
      timeout: 60_000,
    });
    const passed = status === 74 && stderr.includes(`glibc ${needed} or later`) && /^[^\n]+\n$/.test(stderr);
    const outcome = passed ? 'is refused in one line' : `ended with ${String(status)}: ${stderr}`;
    return { passed, line: `Node ${release.node} out here, glibc ${present}: ${entry} ${outcome}` };
  });
};

await main(async () => {
  const { values, positionals } = parseArgs({
    options: { mirror: { type: 'string' } },
    allowPositionals: true,
  });
  const numbers = positionals.filter((each) => /^\d+$/.test(each));
  const parts = positionals.filter((each) => !numbers.includes(each));
  const releases = (numbers.length > 0 ? numbers : Object.keys(RELEASES)).map((number) => {
    const release = RELEASES[number];
    if (release !== undefined) return release;
    throw new ExpectedError(`Known are ${Object.keys(RELEASES).join(' and ')}, not ${number}.`);
  });
  const debian = join(FOLDER, 'debian-13');
  await makeDebianRoot(debian, DEBIAN, values.mirror);
  copyNameService(debian);
  const results: Result[] = [];
  for (const release of releases) {
    results.push(...refusalsOf(debian, release));
    results.push(await testWith(debian, release, parts.length > 0 ? parts : STAGES));
  }
  for (const { passed, line } of results) log(`${passed ? 'passed' : 'FAILED'}: ${line}`);
  if (results.some(({ passed }) => !passed)) process.exitCode = 1;
});
