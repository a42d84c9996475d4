import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { wantedLanguages, parsePreferences } from '../../../ui/account/preferences.ts';
import { directionOf } from '../../../ui/strings/direction.ts';
import { adminStrings } from '../../../ui/strings/admin-strings.ts';
import { loadAdminStrings } from '../../../ui/strings/load-admin-strings.ts';
import { loginStrings } from '../../../ui/strings/login-strings.ts';
import { connectionStrings } from '../../../ui/strings/connection-strings.ts';
import { fileStrings } from '../../../ui/strings/file-strings.ts';
import { panelStrings } from '../../../ui/strings/panel-strings.ts';
import { sendingStrings } from '../../../ui/strings/sending-strings.ts';
import { settingsStrings } from '../../../ui/strings/settings-strings.ts';
import { storageStrings } from '../../../ui/strings/storage-strings.ts';
import { language } from '../../../ui/strings/locale.ts';
import { strings } from '../../../ui/strings/strings.ts';
import { useLanguage } from '../../../ui/strings/use-language.ts';

after(() => useLanguage(['en']));

type Table = Readonly<Record<string, unknown>>;
const tables = (): Table => ({
  first: strings(),
  login: loginStrings(),
  settings: settingsStrings(),
  panel: panelStrings(),
  sending: sendingStrings(),
  files: fileStrings(),
  connection: connectionStrings(),
  storage: storageStrings(),
  admin: adminStrings(),
});

/** Values that can be told apart, and are one and many for the sentences that count. */
const VALUES: readonly (readonly number[])[] = [
  [1, 2],
  [7, 8],
];

/** Path → what is said; a function is called for one and for many. */
const said = (table: object, path = ''): [string, string][] =>
  Object.entries(table).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    const id = `${path}${key}`;
    if (typeof value === 'string') return [[id, value]];
    if (typeof value !== 'function') return said(value as object, `${id}.`);
    const call = value as (...values: readonly number[]) => string;
    return VALUES.map((values) => [`${id}(${String(values[0])})`, call(...values.slice(0, call.length))]);
  });

const digits = (text: string): readonly string[] => [...new Set(text.match(/[1278]/g) ?? [])].sort();

test('the whole client changes its language, and back: each sentence is there and uses the same values', async () => {
  const english = new Map(said(tables()));
  assert.ok(english.size > 250);
  assert.equal(await useLanguage(['fr', 'de-AT', 'en']), true);
  assert.equal(language(), 'de-AT');
  await loadAdminStrings();
  const translated = new Map(said(tables()));
  assert.deepEqual([...translated.keys()], [...english.keys()]);
  for (const [id, text] of english) {
    const other = translated.get(id) ?? '';
    assert.notEqual(other.trim(), '', id);
    // One is said in a word: "in a minute".
    if (id.endsWith('(7)')) assert.deepEqual(digits(other), digits(text), id);
  }
  assert.equal(await useLanguage(['fr']), true);
  assert.equal(language(), 'en');
  await loadAdminStrings();
  assert.deepEqual(new Map(said(tables())), english);
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
