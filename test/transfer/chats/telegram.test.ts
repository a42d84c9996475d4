import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTelegram } from './reading.ts';
import { OWNER_ID, personalChat, telegramText, wholeAccount } from './telegram-export.ts';

const ADA = 1002;

test('a whole account: its chats with one person, and both people with their names', async () => {
  const found = await readTelegram(
    wholeAccount([
      personalChat(ADA, [telegramText(1, ADA, 'Hello Tom'), telegramText(2, OWNER_ID, 'Hello Ada')]),
      personalChat(1003, [telegramText(7, 1003, 'Bye')], null),
    ]),
  );
  assert.deepEqual(found.texts, ['1002: Hello Tom', 'owner: Hello Ada', '1003: Bye']);
  assert.deepEqual(found.names('owner'), ['tom_o', 'Tom Owner', 'user1001']);
  assert.deepEqual(found.names('1002'), ['Ada L', 'user1002']);
  assert.deepEqual(found.names('1003'), ['user1003']);
  assert.deepEqual(
    found.messages.map(({ at, place, people }) => [at, place, people.join()]),
    [
      [1_609_495_201_000, 'the chat "Ada L", message 1', 'owner,1002'],
      [1_609_495_202_000, 'the chat "Ada L", message 2', 'owner,1002'],
      [1_609_495_207_000, 'the chat 1003, message 7', 'owner,1003'],
    ],
  );
  assert.deepEqual(found.remarks, []);
});

test('one chat: whoever is not the other one is the owner of the account', async () => {
  const file = personalChat(ADA, [
    telegramText(1, ADA, 'a'),
    telegramText(2, 5, 'b'),
    telegramText(3, 6, 'c'),
  ]);
  for (const chunk of [1, 7, 100_000]) {
    const found = await readTelegram(file, chunk);
    assert.deepEqual(found.texts, ['1002: a', 'owner: b']);
    assert.deepEqual(found.names('owner'), ['Person 5', 'user5']);
    assert.deepEqual(found.remarks, ['- the chat "Ada L", message 3: it is from neither of the two']);
  }
});

test('texts are put together from their pieces, and hidden addresses of links are kept', async () => {
  const link = { type: 'text_link', text: 'this', href: 'https://example.org/' };
  const found = await readTelegram(
    personalChat(ADA, [
      telegramText(1, ADA, ['see ', link, ', ', { type: 'bold', text: 'now' }, '!']),
      telegramText(2, ADA, [{ type: 'link', text: 'https://example.org/' }]),
      telegramText(3, ADA, [{ type: 'text_link', text: 'x', href: '' }]),
      telegramText(4, ADA, [1]),
      telegramText(5, ADA, { type: 'bold' }),
      telegramText(6, ADA, [{ type: 'bold' }]),
      telegramText(7, ADA, undefined),
    ]),
  );
  assert.deepEqual(found.texts, [
    '1002: see this (https://example.org/), now!',
    '1002: https://example.org/',
    '1002: x',
  ]);
  assert.equal(found.remarks.length, 4);
  for (const remark of found.remarks) assert.match(remark, /its text has a form that is not known/);
});

const MEDIA: readonly (readonly [object, string])[] = [
  [{ photo: 'photos/1.jpg', width: 1, height: 1 }, 'a photo'],
  [{ file: 'stickers/a.webp', media_type: 'sticker', sticker_emoji: '🐈' }, 'a sticker'],
  [{ file: '(File not included.)', media_type: 'voice_message', duration_seconds: 3 }, 'a voice message'],
  [{ file: 'v.mp4', media_type: 'video_message' }, 'a video message'],
  [{ file: 'v.mp4', media_type: 'video_file' }, 'a video'],
  [{ file: 'a.mp4', media_type: 'animation' }, 'an animation'],
  [{ file: 'a.mp3', media_type: 'audio_file', performer: 'x' }, 'an audio file'],
  [{ file: 'a.new', media_type: 'hologram' }, 'an attachment'],
  [{ file: 'a.pdf', mime_type: 'application/pdf' }, 'a file'],
  [{ contact_information: { first_name: 'x' } }, 'a contact'],
  [{ location_information: { latitude: 1, longitude: 2 } }, 'a location'],
  [{ poll: { question: 'x', answers: [] } }, 'a poll'],
  [{ game_title: 'x' }, 'a game'],
  [{ invoice_information: {} }, 'an invoice'],
];

test('a caption is kept, and media without one are left out: both are said', async () => {
  for (const [fields, word] of MEDIA) {
    const found = await readTelegram(
      personalChat(ADA, [telegramText(1, ADA, '', fields), telegramText(2, ADA, 'my cat', fields)]),
    );
    assert.deepEqual(found.texts, ['1002: my cat']);
    assert.deepEqual(found.remarks, [`- the chat "Ada L", message 1: it is ${word} without a text`]);
    assert.deepEqual(found.missing, [`the chat "Ada L", message 2: ${word}`]);
  }
  const empty = await readTelegram(personalChat(ADA, [telegramText(1, ADA, '')]));
  assert.deepEqual(empty.remarks, ['- the chat "Ada L", message 1: it is empty']);
});

test('what is no message of the two is left out, and said', async () => {
  const service = { id: 1, type: 'service', action: 'phone_call', actor_id: 'user1002', text: '' };
  const found = await readTelegram(
    personalChat(ADA, [
      service,
      { ...service, id: 2, action: undefined },
      telegramText(3, ADA, 'x', { type: 'story' }),
      telegramText(4, ADA, 'x', { from_id: 'channel5' }),
      telegramText(5, ADA, 'x', { from_id: undefined }),
      telegramText(6, ADA, 'x', { date_unixtime: 'soon' }),
      telegramText(7, ADA, 'x', { date_unixtime: '999999999999' }),
      telegramText(8, ADA, 'x', { date_unixtime: undefined, date: '01.02.2021' }),
      { text: 'x' },
      [],
    ] as readonly object[]),
  );
  assert.deepEqual(found.texts, []);
  const prefix = '- the chat "Ada L"';
  assert.deepEqual(found.remarks, [
    `${prefix}, message 1: it is no message but a notice (phone_call)`,
    `${prefix}, message 2: it is no message but a notice`,
    `${prefix}, message 3: it has a type that is not known`,
    `${prefix}, message 4: it is from neither of the two`,
    `${prefix}, message 5: it is from neither of the two`,
    ...[6, 7, 8].map((id) => `${prefix}, message ${String(id)}: it has no time`),
    `${prefix}, entry 9: it has no id`,
    `${prefix}, entry 10: it has no id`,
  ]);
});

test('groups, channels, bots and saved messages are left out, a line for each', async () => {
  const chat = (type: string, name: string | null) => ({
    ...(name === null ? {} : { name }),
    type,
    id: 5,
    messages: [telegramText(1, 9, 'x'), telegramText(2, 9, 'y')],
  });
  const found = await readTelegram(
    wholeAccount(
      [
        chat('private_group', 'Family'),
        chat('saved_messages', null),
        { type: 'bot_chat', id: 3, messages: [] },
      ],
      { left_chats: { about: 'x', list: [chat('public_channel', 'News')] } },
    ),
  );
  assert.deepEqual(found.texts, []);
  const all = 'so all its messages are left out';
  assert.deepEqual(found.remarks, [
    `- the chat "News": it is no chat of two people (public_channel), ${all}: 2`,
    `- the chat "Family": it is no chat of two people (private_group), ${all}: 2`,
    `- the chat 5: it is no chat of two people (saved_messages), ${all}: 2`,
    `- the chat 3: it is no chat of two people (bot_chat), ${all}: 0`,
  ]);
});

test('what is lost of messages that are taken is said once, with a number', async () => {
  const found = await readTelegram(
    personalChat(ADA, [
      telegramText(1, ADA, 'a', { date_unixtime: undefined }),
      telegramText(2, ADA, 'b', { forwarded_from: 'Eve', reply_to_message_id: 1 }),
      telegramText(3, ADA, 'c', {
        reactions: [{ type: 'emoji', emoji: '👍', count: 1 }],
        edited_unixtime: '1',
      }),
    ]),
  );
  assert.equal(found.messages[0]?.at, Date.UTC(2021, 0, 1, 10));
  assert.deepEqual(found.remarks, [
    '+ the whole file: messages that say no time zone, whose times are taken for UTC: 1',
    '+ the whole file: forwarded messages, taken as ones of whoever forwarded them: 1',
  ]);
});

test('old exports name people by numbers', async () => {
  const found = await readTelegram(
    personalChat(4_296_969_298, [
      telegramText(1, 0, 'a', { from_id: 4_296_969_298 }),
      telegramText(2, 0, 'b', { from_id: 4_296_969_299 }),
    ]),
  );
  assert.deepEqual(found.texts, ['4296969298: a', 'owner: b']);
});

const WHOLE = JSON.stringify(wholeAccount([personalChat(ADA, [telegramText(1, ADA, 'x')])]));
const WRONG: readonly (readonly [string, string, RegExp])[] = [
  ['empty', '', /is no complete JSON export of Telegram Desktop: it ends too early/],
  ['HTML', '<!DOCTYPE html>', /is no complete JSON export of Telegram Desktop: it is not JSON after byte 0/],
  ['other JSON', '{"type":"version","version":1}', /it holds no chats/],
  ['a list', '[1,2]', /it holds no chats/],
  ['a text', '"chats"', /it holds no chats/],
  ['cut off', WHOLE.slice(0, -20), /it ends too early/],
  ['followed by something', `${WHOLE} x`, /it is not JSON after byte \d+/],
  ['deep', `{"chats":${'['.repeat(100)}`, /it is nested too deeply/],
  ['a chat without a type', '{"messages":[{"id":1}]}', /does not say its type before its messages/],
];
for (const [name, text, says] of WRONG)
  test(`a file that is ${name} is refused in words`, async () => {
    await assert.rejects(readTelegram(text), (error: Error) => {
      assert.equal(error.name, 'TransferError');
      assert.match(error.message, says);
      return true;
    });
  });
