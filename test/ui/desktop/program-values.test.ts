import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseProgramValues } from '../../../ui/platform/desktop/program-values.ts';

const TOKEN = 'aB3_-x.Yz9';

/** As Neutralino 6.9 writes them. */
const script = (folder: string, args: readonly string[], token = TOKEN): string =>
  [
    "var NL_OS='Linux'",
    "var NL_ARCH='x64'",
    "var NL_VERSION='6.9.0'",
    "var NL_COMMIT='0'",
    "var NL_APPID='chat.parley.desktop'",
    "var NL_APPVERSION='0.1.0'",
    'var NL_PORT=17277',
    "var NL_MODE='window'",
    `var NL_TOKEN='${token}'`,
    `var NL_CWD='${folder}'`,
    `var NL_ARGS=${JSON.stringify(args)}`,
    `var NL_PATH='${folder}'`,
    `var NL_DATAPATH='${folder}'`,
    'var NL_PID=1',
    '',
  ].join(';');

test('folders and arguments of every kind are text: nothing of them is run or taken for a value', () => {
  for (const name of [
    'ada',
    "o'brien",
    `"quoted"`,
    'back\\slash',
    "';var NL_TOKEN='stolen';'",
    "'];var NL_PATH='",
    '$(id)`id`',
    'дом',
    "a';var NL_ARGS=[",
  ]) {
    const args = [`/home/${name}/parley`, `--path=/home/${name}`, '--parley-private-files'];
    // Behind a list that is none, the arguments can't be told; the values before them can.
    const values = parseProgramValues(script(`/home/${name}`, args));
    assert.equal(values?.NL_OS, 'Linux', name);
    assert.equal(values.NL_PORT, 17_277, name);
    assert.equal(values.NL_TOKEN, TOKEN, name);
    if (!name.includes('NL_ARGS')) assert.deepEqual(values.NL_ARGS, args, name);
  }
});

test('a key that was given to somebody else is an empty one', () => {
  assert.equal(parseProgramValues(script('/', [], ''))?.NL_TOKEN, '');
});

test('what is no such script gives nothing', () => {
  for (const text of ['', '<!doctype html>', 'var NL_OS=1;', "var NL_OS='Linux';"])
    assert.equal(parseProgramValues(text), null, text);
});
