import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseConfig } from '../../server/config/config.ts';
import { DESKTOP_ORIGIN, DESKTOP_ORIGINS, DESKTOP_PORT } from '../../server/protocol/desktop-origin.ts';
import { desktopConfig as config, policyOf } from '../support/desktop-config.ts';
import { repositoryRoot } from '../support/paths.ts';

const window = config.modes['window'] ?? {};
const text = (path: string): string => readFileSync(join(repositoryRoot, path), 'utf8');

test('the page may call exactly what the client calls, method by method', () => {
  const source = text('ui/platform/desktop/native.ts');
  const modules = { app: 'app', os: 'os', frame: 'window' };
  const called = Object.entries(modules).flatMap(([name, module]) =>
    [...source.matchAll(new RegExp(`\\b${name}\\.(\\w+)\\(`, 'g'))].map(
      ([, method = '']) => `${module}.${method}`,
    ),
  );
  assert.deepEqual([...new Set(called)].sort(), [...config.nativeAllowList].sort());
  assert.ok(config.nativeAllowList.length <= 12);
  for (const method of config.nativeAllowList) {
    assert.doesNotMatch(method, /\*/, 'no whole modules');
    assert.doesNotMatch(method, /^(filesystem|extensions|computer|server|custom|net|debug)\./);
    assert.doesNotMatch(method, /^os\.(exec|spawn|getEnv|setEnv|open)/);
  }
});

test('whoever gets the key reads nothing with it and starts nothing of their choice', () => {
  // What each of them can do for a thief, from Neutralino's source. Another one is another look.
  const harmless: Readonly<Record<string, string>> = {
    'app.exit': 'closes the window',
    'os.setTray': 'shows the picture of the bundle and words of the caller’s',
    'os.showNotification': 'shows a text',
    'window.focus': 'brings the window to the front',
    'window.hide': 'hides it; a second start shows it',
    'window.setMainMenu':
      'shows entries; choosing one tells the page, or asks macOS for what its own menus do',
    'window.setTitle': 'shows a text',
    'window.show': 'shows the window',
  };
  assert.deepEqual([...config.nativeAllowList], Object.keys(harmless));
});

test('no block list, anywhere: one alone would switch the allow list off', () => {
  assert.doesNotMatch(text('neutralino.config.json'), /nativeBlockList/);
});

test('a one-time token that nothing hands out, and no way to look inside', () => {
  assert.equal(config['tokenSecurity'], 'one-time');
  assert.equal(config['exportAuthInfo'], false);
  assert.equal(config['enableExtensions'], false);
  assert.equal(window['injectGlobals'], false);
  assert.equal(window['injectClientLibrary'], false);
  assert.equal(window['injectScript'], undefined);
  assert.equal(window['enableInspector'], false);
  assert.equal(window['openInspectorOnStartup'], false);
  assert.equal(config['globalVariables'], undefined);
});

test('no mode says otherwise: the window is the only one, and it overrides none of it', () => {
  assert.equal(config['defaultMode'], 'window');
  assert.deepEqual(Object.keys(config.modes), ['window']);
  for (const name of [
    ...['nativeAllowList', 'nativeBlockList', 'tokenSecurity', 'serverHeaders', 'port', 'url'],
    ...['exportAuthInfo', 'enableNativeAPI', 'enableExtensions', 'documentRoot'],
  ]) {
    assert.equal(window[name], undefined, name);
  }
});

test('a small range of ports, and the server lets exactly their origins in by default', () => {
  assert.equal(config.port, DESKTOP_PORT);
  const port: number = DESKTOP_PORT;
  assert.ok(port > 1024 && port < 32_768, 'below the ports of outgoing connections');
  assert.equal(DESKTOP_ORIGIN, `http://127.0.0.1:${String(config.port)}`);
  assert.equal(config.url, '/');
  const parsed = parseConfig({});
  assert.ok('config' in parsed);
  assert.equal(DESKTOP_ORIGINS.length, 8);
  assert.deepEqual(parsed.config.allowedOrigins, DESKTOP_ORIGINS);
  assert.match(text('deploy/desktop/parley.sh'), /candidate=\$\(\(17275 \+ \(first \+ step\) % 8\)\)/);
  assert.match(text('deploy/desktop/parley-mac.sh'), /17275 \+ \$\(id -u\) % 8/);
});

test('every answer of the window’s own server carries the policy, and other pages can’t read it', () => {
  const headers = config.serverHeaders;
  const policy = policyOf(headers['Content-Security-Policy'] ?? '');
  assert.deepEqual(policy.get('default-src'), ["'none'"]);
  assert.deepEqual(policy.get('script-src'), ["'self'"]);
  for (const name of ['base-uri', 'form-action', 'object-src', 'frame-ancestors']) {
    assert.deepEqual(policy.get(name), ["'none'"], name);
  }
  // Pictures of users are shown from memory; nothing else is.
  assert.deepEqual(policy.get('img-src'), ["'self'", 'blob:']);
  const others = [...policy].filter(([name]) => name !== 'img-src').flatMap(([, values]) => values);
  assert.doesNotMatch(others.join(' '), /unsafe|data:|blob:|\*/);
  // Its values, the token at the first time, come as a script: it must not be one for a foreign page.
  assert.equal(headers['Cross-Origin-Resource-Policy'], 'same-origin');
  assert.equal(headers['X-Content-Type-Options'], 'nosniff');
  assert.equal(headers['Cache-Control'], 'no-store');
});

test('a link that asks for a window goes to the system; closing comes to the page', () => {
  assert.equal(window['newWindowPolicy'], 'browser');
  assert.equal(window['exitProcessOnClose'], false);
  assert.equal(window['useSavedState'], true);
});

test('what is stored goes into the person’s own folder, and nothing is logged there', () => {
  assert.equal(config['dataLocation'], 'system');
  assert.equal(config['storageLocation'], 'system');
  assert.deepEqual(config['logging'], { enabled: true, writeToLogFile: false });
});

test('name, version and pinned binaries', () => {
  const { version } = JSON.parse(text('package.json')) as { version: string };
  assert.equal(config.version, version);
  assert.equal(config['applicationName'], 'Parley');
  assert.equal(config.cli['binaryName'], 'parley');
  assert.equal(config.cli['binaryVersion'], '6.9.0');
  for (const file of ['parley.sh', 'parley-mac.sh', 'Info.plist'])
    assert.match(text(`deploy/desktop/${file}`), new RegExp(config.applicationId.replaceAll('.', '\\.')));
});

test('the launchers make private files and say so', () => {
  for (const file of ['parley.sh', 'parley-mac.sh']) {
    const script = text(`deploy/desktop/${file}`);
    assert.match(script, /private=--parley-private-files\n/);
    assert.match(script, /\(umask 077 && mkdir -p -- .*\) && chmod go= .* \|\| private=\n/);
    assert.doesNotMatch(script, /"\$@"/, 'nobody else gives the program arguments');
    assert.match(script, /^cd \/$/m);
  }
});

test('the window fits a screen of 1366 by 768, bars and all', () => {
  assert.ok(Number(window['height']) <= 768 - 100);
  assert.ok(Number(window['width']) <= 1366);
});
