import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { putLauncher } from '../support/desktop-launcher.ts';
import { eventually } from '../support/eventually.ts';
import { testInExtended } from '../support/scale.ts';
import { tempDir } from '../support/temp-dir.ts';

const skip = process.platform === 'linux' ? false : 'not run: only Linux has this launcher';
const PROGRAMS: Readonly<Record<string, string>> = { arm64: 'linux_arm64', arm: 'linux_armhf' };
const PROGRAM = `parley-${PROGRAMS[process.arch] ?? 'linux_x64'}`;

/** An installed app whose program writes down how it was started, and runs until the file `stop` is there. */
const installed = (t: TestContext, name = 'home') => {
  const folder = tempDir(t);
  const [app, home] = [join(folder, 'app'), join(folder, name)];
  for (const made of [app, home]) mkdirSync(made);
  putLauncher(app);
  writeFileSync(join(app, 'resources.neu'), 'first');
  const [log, stop] = [join(folder, 'log'), join(folder, 'stop')];
  const script = `#!/bin/sh
{ umask; pwd; printf '%s\\n' "$@" "theme $GTK_THEME" "compositing $WEBKIT_DISABLE_COMPOSITING_MODE"; echo started; } >>'${log}'
trap 'exit 0' TERM
# Without its folder the test is over.
while [ ! -e '${stop}' ] && [ -e '${folder}' ]; do sleep 0.1; done
`;
  writeFileSync(join(app, PROGRAM), script, { mode: 0o755 });
  const tools = join(folder, 'tools');
  mkdirSync(tools);
  const tool = (named: string, body: string): void => {
    writeFileSync(join(tools, named), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  };
  // Without these the launcher asks nobody of this machine.
  for (const named of ['gsettings', 'gdbus', 'bwrap', 'zenity', 'kdialog']) tool(named, 'exit 1');
  const env = { PATH: `${tools}:/usr/bin:/bin`, HOME: home };
  const run = (more: NodeJS.ProcessEnv = {}) => {
    const child = spawn('/bin/sh', ['-c', `umask 022; exec '${join(app, 'parley')}' --more`], {
      env: { ...env, ...more },
      stdio: ['ignore', 'ignore', 'inherit'],
      cwd: home,
    });
    const exited = once(child, 'exit') as Promise<[number | null]>;
    t.after(() => child.kill());
    return { child, exited };
  };
  const lines = (): readonly string[] =>
    existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  const starts = (): number => lines().filter((line) => line === 'started').length;
  const untilStarts = (count: number): Promise<void> =>
    eventually(`start ${String(count)}`, () => starts() === count, 60_000);
  const data = join(home, '.local/share/chat.parley.desktop');
  return { app, home, data, stop, tool, run, lines, starts, untilStarts };
};

const valueOf = (lines: readonly string[], flag: string): string =>
  lines.find((line) => line.startsWith(flag))?.slice(flag.length) ?? '';

const NAMES = ["o'brien", 'dollar$HOME `id`', 'a b', 'quote"s', 'back\\slash', 'дом'];
// In the sample the first two, which a shell would make the most of.
for (const [at, name] of NAMES.entries())
  (at < 2 ? test : testInExtended)(`a home folder named ${name}`, { skip }, async (t) => {
    const { run, lines, untilStarts, stop, data } = installed(t, name);
    const { exited } = run();
    await untilStarts(1);
    assert.deepEqual(lines().slice(0, 2), ['0022', '/']);
    assert.ok(valueOf(lines(), '--path=').startsWith(`${data}/resources-`));
    assert.equal(statSync(data).mode & 0o777, 0o700);
    assert.equal(statSync(join(data, '..', PROGRAM)).mode & 0o777, 0o700);
    writeFileSync(stop, '');
    assert.deepEqual((await exited).slice(0, 1), [0]);
  });

test(
  'a second start starts no second program, and says so when it can’t show the first',
  { skip },
  async (t) => {
    const { run, starts, untilStarts, stop } = installed(t);
    const first = run();
    await untilStarts(1);
    const second = run();
    // This program has no window to be shown; the launcher waits for its end, in case that is near.
    assert.deepEqual((await second.exited).slice(0, 1), [1]);
    assert.equal(starts(), 1);
    const third = run();
    writeFileSync(stop, '');
    assert.deepEqual((await first.exited).slice(0, 1), [0]);
    assert.deepEqual((await third.exited).slice(0, 1), [0]);
    assert.equal(starts(), 2);
  },
);

test(
  'an update under a running program: it keeps its own copy, the next start has the new one',
  { skip },
  async (t) => {
    const { app, run, lines, untilStarts, stop } = installed(t);
    const { exited } = run();
    await untilStarts(1);
    const copy = join(valueOf(lines(), '--path='), 'resources.neu');
    writeFileSync(join(app, 'resources.neu'), 'second');
    assert.equal(readFileSync(copy, 'utf8'), 'first');
    writeFileSync(stop, '');
    await exited;
    const next = run();
    await untilStarts(2);
    const paths = lines().filter((line) => line.startsWith('--path='));
    assert.equal(
      readFileSync(join(paths[1]?.slice('--path='.length) ?? '', 'resources.neu'), 'utf8'),
      'second',
    );
    assert.ok(!existsSync(copy));
    await next.exited;
  },
);

test('the port is the account’s own, and the next one where that is taken', { skip }, async (t) => {
  const own = 17_275 + ((process.getuid?.() ?? 0) % 8);
  const { run, lines, untilStarts, stop } = installed(t);
  const other = createServer();
  const taken = await new Promise<boolean>((resolve) => {
    other.once('error', () => {
      resolve(false);
    });
    other.listen(own, '127.0.0.1', () => {
      resolve(true);
    });
  });
  t.after(() => other.close());
  const { exited } = run();
  await untilStarts(1);
  const port = Number(valueOf(lines(), '--port='));
  assert.ok(port >= 17_275 && port <= 17_282);
  // Another run of the tests may have it: then it is taken all the same.
  assert.ok(port !== own, String(taken));
  writeFileSync(stop, '');
  await exited;
});

test('what the machine can do: tray, dark style, closing without bash', { skip }, async (t) => {
  const { tool, run, lines, untilStarts, stop } = installed(t);
  tool('gsettings', `echo "'prefer-dark'"`);
  tool('gdbus', `echo '(true,)'`);
  const { exited } = run({ DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' });
  await untilStarts(1);
  assert.ok(lines().includes('--parley-tray'));
  assert.ok(lines().includes('theme Adwaita:dark'));
  assert.ok(lines().includes('--window-exit-process-on-close=false'));
  writeFileSync(stop, '');
  await exited;
  tool('bash', 'exit 1');
  tool('gdbus', `echo '(false,)'`);
  const bare = run({ DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere', GTK_THEME: 'HighContrast' });
  await untilStarts(2);
  const second = lines().slice(lines().indexOf('started') + 1);
  assert.ok(!second.includes('--parley-tray'));
  assert.ok(second.includes('theme HighContrast'));
  assert.ok(second.includes('--window-exit-process-on-close=true'));
  assert.ok(!second.some((line) => line.includes('auth-info')));
  await bare.exited;
});
