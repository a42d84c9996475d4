import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openableUrl } from '../../../ui/platform/desktop/open-url.ts';
import { FORBIDDEN_URLS, NAUGHTY_URLS, shellAttacks } from '../../support/hostile-urls.ts';
import { isSample } from '../../support/scale.ts';
import { tempDir, type Scope } from '../../support/temp-dir.ts';

/** What may come out: nothing a shell reads between double quotes, no space, no control, nothing beyond ASCII. */
const HARMLESS = /^(https?:\/\/|mailto:)[A-Za-z0-9\-._~:/?#[\]@!&'()*+,;=%]*$/;

test('addresses that people send are opened as they are', () => {
  for (const url of [
    'https://example.org/',
    'http://example.org:8080/a/b?c=d&e=f#g',
    "https://example.org/it's_(here)!*,;=~",
    'https://[2001:db8::1]/x',
    'mailto:ada@example.org',
    'mailto:ada@example.org?subject=Tea%20at%20four&body=Yes',
  ]) {
    assert.equal(openableUrl(url), url);
  }
  assert.equal(openableUrl('https://example.org/ä?ö#ü'), 'https://example.org/%C3%A4?%C3%B6#%C3%BC');
  assert.equal(openableUrl('HTTPS://EXAMPLE.ORG'), 'https://example.org/');
});

test('the four characters a shell reads between double quotes are percent-encoded', () => {
  assert.equal(openableUrl('https://example.org/?q=$`"\\'), 'https://example.org/?q=%24%60%22%5C');
});

test('other schemes, hidden names and things that are no address are refused', () => {
  for (const url of FORBIDDEN_URLS) assert.equal(openableUrl(url), null, JSON.stringify(url.slice(0, 60)));
});

test('a mail link fills in text and nothing else', () => {
  const attached = 'mailto:ada@example.org?attach=/etc/passwd&subject=hi&attachment=x&Body=yes&in-reply-to=y';
  assert.equal(openableUrl(attached), 'mailto:ada@example.org?subject=hi&Body=yes');
});

test('whatever comes in, what comes out is harmless, and opening it again changes nothing', () => {
  const corpus = [...NAUGHTY_URLS, ...shellAttacks('canary'), ...FORBIDDEN_URLS];
  let opened = 0;
  for (const url of corpus) {
    const openable = openableUrl(url);
    if (openable === null) continue;
    opened += 1;
    assert.match(openable, HARMLESS, JSON.stringify(url));
    assert.equal(openableUrl(openable), openable, JSON.stringify(url));
  }
  assert.ok(opened > 500 && opened < corpus.length, String(opened));
});

/** A shell that would open an address as Neutralino does on Linux and macOS: `xdg-open` here writes down what it got. */
const shellIn = (scope: Scope) => {
  const folder = tempDir(scope);
  const [canary, opened] = [join(folder, 'canary'), join(folder, 'opened')];
  writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\nprintf '%s\\n' "$#" "$@" >> '${opened}'\n`, {
    mode: 0o755,
  });
  return {
    canary,
    run(url: string): void {
      spawnSync('/bin/sh', ['-c', `xdg-open "${url}"`], {
        cwd: folder,
        env: { PATH: `${folder}:/usr/bin:/bin` },
        stdio: 'ignore',
      });
    },
    opened: (): string => (existsSync(opened) ? readFileSync(opened, 'utf8') : ''),
  };
};

test('without the opener the shell does obey: this test can fail', (t) => {
  const shell = shellIn(t);
  shell.run(`https://example.org/$(touch ${shell.canary})`);
  assert.ok(existsSync(shell.canary));
});

test('no hostile address reaches the shell: the command gets one argument, and no canary is made', (t) => {
  const shell = shellIn(t);
  let expected = '';
  for (const url of shellAttacks(shell.canary).filter((_, at) => !isSample || at % 4 === 0)) {
    const openable = openableUrl(url);
    if (openable === null) continue;
    shell.run(openable);
    expected += `1\n${openable}\n`;
    assert.ok(!existsSync(shell.canary), `the shell obeyed ${JSON.stringify(url)}`);
  }
  assert.equal(shell.opened(), expected);
  assert.ok(expected.split('\n').length > (isSample ? 50 : 200));
});
