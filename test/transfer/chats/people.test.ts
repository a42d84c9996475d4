import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { usernameFault } from '../../../server/protocol/fields.ts';
import { readPeopleMap } from '../../../server/transfer/chats/people-map.ts';
import { planImport, type Plan } from '../../../server/transfer/chats/plan.ts';
import type { StoreSurvey } from '../../../server/transfer/chats/survey.ts';
import { freeName, usernameAfter } from '../../../server/transfer/chats/usernames.ts';
import { SequenceIds } from '../../support/sequence-ids.ts';
import { tempDir } from '../../support/temp-dir.ts';

test('a mapping is lines or JSON; what is wrong with it is said with its place', (t) => {
  const path = join(tempDir(t), 'map');
  const read = (text: string): unknown => {
    writeFileSync(path, text);
    return Object.fromEntries(readPeopleMap(path));
  };
  assert.deepEqual(read('# who is who\n\nAda = L = ada\n  Ben Eliot=Ben.E  \r\n'), {
    'Ada = L': 'ada',
    'Ben Eliot': 'ben.e',
  });
  assert.deepEqual(read('{"Ada L": "ada"}'), { 'Ada L': 'ada' });
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['Ada', /can't be used as a mapping: line 1: it is not of the form NAME = USERNAME/],
    ['\nAda = x', /line 2: the username "x" must have at least 3 characters/],
    ['Ada = Анна', /may hold only letters a-z/],
    ['Ada = ada\nAda = ben', /line 2: "Ada" is there twice/],
    ['{"Ada"', /it begins like JSON, and is none/],
    ['{"Ada": 5}', /"Ada" has no username/],
  ];
  for (const [text, says] of wrong) assert.throws(() => read(text), says);
  assert.throws(() => readPeopleMap(`${path}.none`), /there is no file at/);
});

test('a new account is called after a name, in letters that a username may have', () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [['Ada Lovelace'], 'ada.lovelace'],
    [['  Zoë (work) '], 'zoe.work'],
    [['Анна', 'user5'], 'user5'],
    [['Анна Smith', 'user5'], 'user5'],
    [['Jo', 'user5'], 'user5'],
    [['🐈 Cat'], 'cat'],
    [['x'.repeat(60)], 'x'.repeat(32)],
    [['', '..'], 'imported'],
  ];
  for (const [names, expected] of cases) {
    assert.equal(usernameAfter(names), expected);
    assert.equal(usernameFault(expected), null);
  }
  const taken = new Set(['ada', 'ada-2', 'x'.repeat(32)]);
  assert.equal(
    freeName('ada', (name) => taken.has(name)),
    'ada-3',
  );
  assert.equal(
    freeName('x'.repeat(32), (name) => taken.has(name)),
    `${'x'.repeat(30)}-2`,
  );
});

const ADA = 'aaaaaaaa-0000-7000-8000-000000000001';
const BEN = 'aaaaaaaa-0000-7000-8000-000000000002';

/** Ada and Ben are users, who have opened a conversation or written `messages` messages in it. */
const plan = (
  map: Readonly<Record<string, string>>,
  { messages = 0, imported = [] as readonly number[] } = {},
): Plan => {
  const conversation = { id: 'conversation', people: [ADA, BEN] as const, messages };
  const store: StoreSurvey = {
    users: new Map([
      ['ada', ADA],
      ['ben', BEN],
    ]),
    reservedNames: new Set(['gone']),
    byPair: new Map([[`${ADA} ${BEN}`, conversation]]),
    conversations: new Map([['conversation', conversation]]),
    importedChats: new Set(imported),
    sha256: '',
  };
  const file = {
    chats: [
      { number: 1, people: ['owner', '2'] as const },
      { number: 2, people: ['owner', '3'] as const },
      { number: 3, people: ['owner', '4'] as const },
    ],
    names: new Map([
      ['owner', ['Tom', 'user1']],
      ['2', ['Ada', 'user2']],
      ['3', ['Cat', 'user3']],
      ['4', ['Cat', 'user4']],
    ]),
  };
  const counts = new Map([
    [1, 10],
    [2, 20],
  ]);
  return planImport({ file, counts, store, map: new Map(Object.entries(map)), ids: new SequenceIds() });
};
const usersOf = ({ users }: Plan) =>
  users.map(({ name, username, isNew }) => `${name} ${username} ${String(isNew)}`);

test('a name that a user has already is nobody’s before the mapping says whose', () => {
  const open = plan({});
  assert.deepEqual(open.undecided, [{ person: '2', name: 'Ada', username: 'ada' }]);
  assert.deepEqual(usersOf(open), ['Tom tom true', 'Cat cat true']);
  assert.deepEqual(
    open.chats.map(({ number }) => number),
    [2],
  );
  const named = plan({ Ada: 'ada', user1: 'ben', user3: 'the-cat' });
  assert.deepEqual(named.undecided, []);
  assert.deepEqual(usersOf(named), ['Tom ben false', 'Ada ada false', 'Cat the-cat true']);
  assert.deepEqual(
    named.chats.map(({ conversationId, isNew, users }) => [isNew ? '' : conversationId, isNew, users[0]]),
    [
      ['conversation', false, BEN],
      ['', true, BEN],
    ],
  );
});

test('a conversation that holds messages, or was imported, is left out and named', () => {
  const full = plan({ Ada: 'ada', Tom: 'ben' }, { messages: 7 });
  assert.deepEqual(full.refused, [
    {
      place: 'the conversation of Tom and Ada',
      what: 'ben and ada have written 7 messages here, so its messages are left out: 10',
    },
  ]);
  assert.deepEqual(usersOf(full), ['Tom ben false', 'Cat cat true']);
  const again = plan({}, { imported: [1, 2] });
  assert.deepEqual([again.users, again.chats, again.undecided], [[], [], []]);
  assert.deepEqual(again.refused[1], {
    place: 'the conversation of Tom and Cat',
    what: 'it has been imported already, so its messages are left out: 20',
  });
});

test('a mapping that does not fit is refused in words', () => {
  const wrong: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
    [{ Eve: 'eve' }, /nobody in the file is called "Eve"/],
    [{ Cat: 'cat' }, /several people in the file are called "Cat": name one of user3, user4/],
    [{ Ada: 'ada', user2: 'ben' }, /"user2" is mapped to two users/],
    [{ Ada: 'ada', Tom: 'ada' }, /owner and 2 are both mapped to ada/],
    [{ Ada: 'gone' }, /the name gone was that of a deleted user/],
  ];
  for (const [map, says] of wrong) assert.throws(() => plan(map), says);
});
