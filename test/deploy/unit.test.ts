import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { test, type TestContext } from 'node:test';
import { debianUnit } from '../../scripts/server-package/debian-unit.ts';
import { parseConfig } from '../../server/config/config.ts';
import { VARIABLE_NAMES } from '../../server/config/variables.ts';
import { repositoryRoot } from '../support/paths.ts';
import { tempDir } from '../support/temp-dir.ts';

const unit = readFileSync(join(repositoryRoot, 'deploy/parley.service'), 'utf8');
const settings = readFileSync(join(repositoryRoot, 'deploy/debian/parley.env'), 'utf8');
/** That of a clone, and that of the Debian package. */
const UNITS = { clone: unit, package: debianUnit(unit) };

/** Values of a directive, in the order they stand. */
const valuesOf = (name: string, text = unit): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith(`${name}=`))
    .map((line) => line.slice(name.length + 1));
const assignmentsIn = (lines: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    lines.map((text): [string, string] => {
      const at = text.indexOf('=');
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );

const LONGEST_DRAIN_S = 8;
const STOP_S = 9;

/** The worst that `systemd-analyze security` may say; 10 is a unit without any protection. */
const EXPOSURE_MAX = 1.3;

/** A copy that systemd can look at here: with the Node that runs this test. Null, and the test skipped, without systemd. */
const onThisMachine = (t: TestContext, text: string): string | null => {
  if (spawnSync('systemd-analyze', ['--version']).status !== 0) {
    t.skip('systemd-analyze is not installed (Debian: apt-get install systemd)');
    return null;
  }
  const file = join(tempDir(t), 'parley.service');
  writeFileSync(file, text.replace(/(?<=^ExecStart=)\S+/m, execPath).replace('Documentation=man:', '# man:'));
  return file;
};

test('the unit starts again for ever, unless its settings are wrong', () => {
  assert.deepEqual(valuesOf('StartLimitIntervalSec'), ['0']);
  assert.deepEqual(valuesOf('Restart'), ['on-failure']);
  assert.deepEqual(valuesOf('RestartSec'), ['5']);
  assert.deepEqual(valuesOf('RestartPreventExitStatus'), ['78']);
});

test('systemd waits for as long as a stop may take: the longest drain, and 9 s', () => {
  for (const text of Object.values(UNITS))
    assert.ok(Number(valuesOf('TimeoutStopSec', text)[0]) > LONGEST_DRAIN_S + STOP_S);
});

/** Lines of the package's file of settings, with those that only show a default or an example. */
const inPackage = settings
  .replaceAll(/^#(?=PARLEY_)/gm, '')
  .split('\n')
  .filter((line) => line.startsWith('PARLEY_'));

test('the server takes every variable of the unit; who registers there needs an invite', () => {
  const secrets = ['PARLEY_JWT_SECRET', 'PARLEY_REFRESH_SECRET'].map((name) => `${name}=${'x'.repeat(32)}`);
  for (const lines of [
    valuesOf('Environment'),
    // A secret and the file that holds it cannot both be given, and the file would have to be here.
    [
      ...valuesOf('Environment', UNITS.package),
      ...inPackage.filter((line) => !/^\w+_FILE=/.test(line)),
      ...secrets,
    ],
  ]) {
    const parsed = parseConfig(assignmentsIn(lines));
    assert.ok('config' in parsed, JSON.stringify(parsed));
    assert.deepEqual([parsed.unknown, parsed.warnings], [[], []]);
    assert.equal(parsed.config.registration, 'invite');
    assert.equal(parsed.config.trustProxy.length, 2);
  }
});

test('the settings of the package name every variable, once, and those with a default show it', () => {
  const names = inPackage.map((line) => line.slice(0, line.indexOf('=')));
  // The unit says where the data are; the other one is for tests.
  const left = ['PARLEY_DATA_DIR', 'PARLEY_TEST_FAULTS'];
  assert.deepEqual([...names, ...left].sort(), [...VARIABLE_NAMES].sort());
  const shown = assignmentsIn(
    settings.split('\n').flatMap((line) => (line.startsWith('#PARLEY_') ? [line.slice(1)] : [])),
  );
  const readme = readFileSync(join(repositoryRoot, 'README.md'), 'utf8');
  const defaults = [...readme.matchAll(/^\| `(PARLEY_\w+)` +\| `([^`]+)` +\|/gm)];
  const compared = defaults.filter(([, name = '']) => name in shown);
  for (const [, name = '', value] of compared) assert.equal(shown[name], value, name);
  assert.ok(compared.length > 15, String(compared.length));
});

test('the unit of the package differs in paths, account and settings alone', () => {
  const differing =
    /^(?:#|Documentation|ExecStart|WorkingDirectory|Environment|EnvironmentFile|DynamicUser|User|Group)/;
  const rest = (text: string): readonly string[] => text.split('\n').filter((line) => !differing.test(line));
  assert.deepEqual(rest(UNITS.package), rest(UNITS.clone));
  assert.deepEqual(valuesOf('User', UNITS.package), ['parley']);
  assert.deepEqual(valuesOf('EnvironmentFile', UNITS.package), ['/etc/parley/parley.env']);
});

for (const [name, text] of Object.entries(UNITS)) {
  test(`systemd understands the unit of the ${name}, directive by directive`, (t) => {
    const file = onThisMachine(t, text);
    if (file === null) return;
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
    assert.deepEqual([status, stdout, stderr], [0, '', '']);
  });

  test(`systemd counts an exposure of the ${name} of at most ${String(EXPOSURE_MAX)}`, (t) => {
    const file = onThisMachine(t, text);
    if (file === null) return;
    const args = ['security', '--offline=yes', '--no-pager', file];
    const { stdout } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
    const exposure = Number(/Overall exposure level for parley\.service: ([\d.]+)/.exec(stdout)?.[1]);
    assert.ok(exposure <= EXPOSURE_MAX, stdout);
  });
}
