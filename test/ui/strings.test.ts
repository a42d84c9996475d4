import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { wantedLanguages, parsePreferences } from '../../ui/state/preferences.ts';
import { templates } from '../../ui/strings/de.ts';
import { directionOf } from '../../ui/strings/direction.ts';
import { loginStrings } from '../../ui/strings/login-strings.ts';
import { panelStrings } from '../../ui/strings/panel-strings.ts';
import { settingsStrings } from '../../ui/strings/settings-strings.ts';
import { language, strings, useLanguage } from '../../ui/strings/strings.ts';
import { uiSources } from './sources.ts';

// The library tells the window when the language changes.
Object.assign(globalThis, { window: new EventTarget() });
after(() => useLanguage(['en']));

const SOURCES = join(uiSources, 'strings');
const CALL = /msg\(\s*(?:str`([^`]*)`|'[^']*'|"[^"]*")\s*,\s*\{\s*id: '([\w.]+)',?\s*\}/g;

/** Id → the number of its values, of every English string. */
const english = new Map<string, number>();
for (const file of readdirSync(SOURCES).filter((name) => name.endsWith('-strings.ts'))) {
  const text = readFileSync(join(SOURCES, file), 'utf8');
  const found = [...text.matchAll(CALL)];
  assert.equal(found.length, text.split('msg(').length - 1, `a string of ${file} was not understood`);
  for (const [, values = '', id = ''] of found) {
    assert.ok(!english.has(id), `${id} is there twice`);
    english.set(id, values.split('${').length - 1);
  }
}

test('every English string has a German one, and no German one is left over', () => {
  assert.ok(english.size > 150);
  assert.deepEqual(
    [...english.keys()].filter((id) => !Object.hasOwn(templates, id)),
    [],
    'missing in German',
  );
  assert.deepEqual(
    Object.keys(templates).filter((id) => !english.has(id)),
    [],
    'no longer in English',
  );
});

test('a German string uses each value of the English one', () => {
  for (const [id, template] of Object.entries(templates)) {
    const used = typeof template === 'string' ? [] : [...new Set(template.values as number[])].sort();
    assert.deepEqual(used, [...Array(english.get(id)).keys()], id);
  }
});

/** Path → sentence; functions are called with values that can be told apart. */
const said = (table: object, path = ''): [string, string][] =>
  Object.entries(table).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    const id = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'string') return [[id, value]];
    if (typeof value !== 'function') return said(value as object, id);
    const call = value as (...values: readonly unknown[]) => string;
    const names = [7, 8].slice(0, call.length);
    const other = english.has(id) ? id : `${id}.other`;
    return english.has(id)
      ? [[id, call(...names)]]
      : [
          [`${id}.one`, call(1)],
          [other, call(...names)],
        ];
  });

const everything = (): [string, string][] =>
  [strings, loginStrings, panelStrings, settingsStrings].flatMap((table) => said(table()));

test('an id is the place of its string, so it stays when the sentence changes', () => {
  assert.deepEqual(
    everything()
      .map(([id]) => id)
      .sort(),
    [...english.keys()].sort(),
  );
});

test('the whole table changes its language, and back', async () => {
  const before = new Map(everything());
  assert.equal(await useLanguage(['fr', 'de-AT', 'en']), true);
  assert.equal(language(), 'de-AT');
  const german = new Map(everything());
  for (const [id, template] of Object.entries(templates)) {
    const expected =
      typeof template === 'string'
        ? template
        : template.strings.reduce(
            (text, part, at) => `${text}${String(7 + Number(template.values[at - 1]))}${part}`,
          );
    assert.equal(german.get(id), expected, id);
  }
  assert.equal(await useLanguage(['fr']), true);
  assert.equal(language(), 'en');
  assert.deepEqual(new Map(everything()), before);
});

test('values stand in the sentence as they are', async () => {
  const { newChat } = panelStrings();
  assert.equal(settingsStrings().settings.loggedInAs('<b>${0}</b>'), 'Logged in as <b>${0}</b>');
  assert.equal(newChat.found(1), '1 person found');
  await useLanguage(['de']);
  assert.equal(panelStrings().newChat.found(12), '12 Personen gefunden');
});

test('a chosen language keeps the region of the device', () => {
  const device = ['fr', 'de-AT', 'en-GB'];
  const wanted = (text: string) => wantedLanguages(parsePreferences(text), device);
  assert.deepEqual(wanted('{}'), device);
  assert.deepEqual(wanted('{"language":"de"}'), ['de-AT', 'de']);
  assert.deepEqual(wanted('{"language":"en"}'), ['en-GB', 'en']);
});

test('the direction of the page is that of the language', () => {
  for (const tag of ['en', 'de-AT', 'zh-Hant', 'az', 'ku']) assert.equal(directionOf(tag), 'ltr', tag);
  for (const tag of ['ar', 'he', 'fa-IR', 'ur', 'dv', 'yi', 'az-Arab', 'ckb']) {
    assert.equal(directionOf(tag), 'rtl', tag);
  }
});
