import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { emoji as emojiSchema } from '../../../server/protocol/emoji.ts';
import { asQueries, openReads } from '../../../server/storage/sqlite/queries.ts';
import { emojiOfName, KNOWN_EMOJI, standardEmoji } from '../../../server/transfer/chats/emoji-names.ts';
import type { ChatFormat } from '../../../server/transfer/chats/import-chats.ts';
import { sqliteTarget } from '../../../server/transfer/chats/targets.ts';
import { seededRandom } from '../../support/random-source.ts';
import { scaled } from '../../support/scale.ts';
import { SequenceIds } from '../../support/sequence-ids.ts';
import { tempDir, type Scope } from '../../support/temp-dir.ts';
import { importText, Records } from './importing.ts';
import { OWNER_ID, personalChat, telegramText, wholeAccount } from './telegram-export.ts';

const ADA = 1002;
const AT = 1_566_376_137_000;

/** What becomes of a file in an empty store, with what Tom and Ada see there. */
const importInto = async (t: Scope, format: ChatFormat, text: string) => {
  const dataDir = join(tempDir(t), 'data');
  const target = sqliteTarget(dataDir);
  const imported = await importText(t, { format, text }, target, { ids: new SequenceIds() });
  const records = await Records.of(target);
  const reads = openReads(dataDir, {});
  t.after(() => {
    reads.close();
  });
  const texts = new Map(records.all('message').map(({ id, content }) => [id, content]));
  const replies = records
    .all('message')
    .flatMap(({ content, reply_to: to }) =>
      to === null ? [] : [`${content} > ${String(texts.get(to.message_id))}`],
    );
  const names = new Map(records.all('user').map(({ id, username }) => [id, username ?? '']));
  const reactions = records
    .all('reaction')
    .map((each) => `${String(each.seq)} ${names.get(each.user_id) ?? ''} ${String(each.emoji)}`);
  const said = imported.remarks.map(({ place, what, isTaken }) => `${isTaken ? '+' : '-'} ${place}: ${what}`);
  return { imported, records, replies, reactions, said, queries: asQueries(reads) };
};

const telegram = (t: Scope, messages: readonly object[]) =>
  importInto(t, 'telegram', JSON.stringify(wholeAccount([personalChat(ADA, messages, 'Ada')])));

test('Telegram: a reply names its message; one that cannot is taken without, and said', async (t) => {
  const { imported, replies, said, records, queries } = await telegram(t, [
    telegramText(1, ADA, 'first'),
    telegramText(2, OWNER_ID, '', { photo: 'x.jpg' }),
    telegramText(3, OWNER_ID, 'to the first', { reply_to_message_id: 1 }),
    telegramText(4, ADA, 'to a photo', { reply_to_message_id: 2 }),
    telegramText(5, ADA, 'to what is not there', { reply_to_message_id: 99 }),
    telegramText(6, ADA, 'to another chat', { reply_to_message_id: 1, reply_to_peer_id: 'channel7' }),
    telegramText(7, OWNER_ID, 'to this chat', {
      reply_to_message_id: 3,
      reply_to_peer_id: `user${String(ADA)}`,
    }),
    telegramText(8, ADA, 'to a later one', { reply_to_message_id: 9 }),
    telegramText(9, ADA, 'last', { reply_to_message_id: 'x' }),
  ]);
  assert.deepEqual(replies, ['to the first > first', 'to this chat > to the first']);
  const chat = 'the chat "Ada", message';
  assert.deepEqual(said, [
    `- ${chat} 2: it is a photo without a text`,
    `+ ${chat} 6: it answers a message of another chat, and does not say so here`,
    `+ ${chat} 4: what it answers was not taken, so it does not say that here`,
    `+ ${chat} 5: what it answers was not taken, so it does not say that here`,
    `+ ${chat} 8: it answers a later message, and does not say so here`,
  ]);
  assert.deepEqual([imported.messages, imported.replies, imported.reactions], [8, 2, 0]);
  const [conversation] = records.all('conversation');
  const tom = records.userId('tom_o');
  const page = await queries.messages(tom, conversation?.id ?? '', { limit: 50 });
  assert.equal(page?.messages[1]?.reply_to?.seq, 1);
});

test('of a message that becomes several, the first one answers, and is answered', async (t) => {
  const long = 'long '.repeat(1_500);
  const { replies, records } = await telegram(t, [
    telegramText(1, ADA, 'first'),
    telegramText(2, OWNER_ID, long, { reply_to_message_id: 1 }),
    telegramText(3, ADA, 'to the long one', { reply_to_message_id: 2 }),
  ]);
  const [, piece = { content: '' }, rest] = records.all('message');
  assert.equal(piece.content + (rest?.content ?? ''), long);
  assert.deepEqual(replies, [`${piece.content} > first`, `to the long one > ${piece.content}`]);
});

const recent = (from: number | null, date = '2021-01-01T10:00:09') => ({
  recent: from === null ? [] : [{ from: 'x', from_id: `user${String(from)}`, date }],
});

test('Telegram: one reaction of each, the last; what else there is, is said', async (t) => {
  const emoji = (sign: string, from: number | null, date?: string) => ({
    ...{ type: 'emoji', count: 1, emoji: sign },
    ...recent(from, date),
  });
  const { imported, reactions, said, records, queries } = await telegram(t, [
    telegramText(1, ADA, 'hello', {
      reactions: [
        emoji('🔥', OWNER_ID, '2021-01-01T10:00:30'),
        emoji('❤', OWNER_ID, '2021-01-01T10:00:40'),
        emoji('👍', ADA, '2021-01-01T10:00:20'),
      ],
    }),
    telegramText(2, OWNER_ID, 'ho', {
      reactions: [
        { type: 'custom_emoji', count: 1, document_id: 'stickers/a.tgs', ...recent(ADA) },
        { type: 'emoji', count: 2, emoji: '🎉' },
        emoji('🎉', 5),
        emoji('AB', ADA),
        'nonsense',
      ],
    }),
    telegramText(3, ADA, '', { photo: 'x.jpg', reactions: [emoji('👍', ADA)] }),
  ]);
  assert.deepEqual(reactions, ['1 ada 👍', '1 tom_o ❤️']);
  // The clock of the file is a second behind UTC when the message 1 is sent.
  const sentAt = 1_609_495_201_000;
  assert.deepEqual(
    records.all('reaction').map(({ at, number }) => [at - sentAt, number]),
    [
      [20_000, 1],
      [40_000, 2],
    ],
  );
  const place = '+ the chat "Ada", message';
  assert.deepEqual(said.slice(0, 6), [
    `${place} 1: the reaction 🔥 is left out, because there is one of each, the last`,
    `${place} 2: the reaction 🎉 is left out, because it does not say whose it is`,
    `${place} 2: the reaction of the type unknown is left out, because it does not say whose it is`,
    `${place} 2: the reaction of the type custom_emoji is left out, which is no emoji that is known here`,
    `${place} 2: the reaction 🎉 of somebody else is left out`,
    `${place} 2: the reaction AB is left out, which is no emoji that is known here`,
  ]);
  assert.equal(said.length, 7);
  assert.deepEqual([imported.messages, imported.reactions], [2, 2]);
  const [conversation] = records.all('conversation');
  for (const name of ['tom_o', 'ada']) {
    const user = records.userId(name);
    const page = await queries.messages(user, conversation?.id ?? '', { limit: 50 });
    assert.deepEqual(
      page?.messages.map((message) => message.reactions.map((each) => each.emoji)),
      [['👍', '❤️'], []],
    );
    const { events } = await queries.eventsAfter(user, 0, 256);
    assert.equal(events.filter(({ type }) => type === 'reaction').length, 2);
    assert.equal(await queries.headCursor(user), events.at(-1)?.cursor);
  }
  assert.deepEqual((await queries.storeCounts()).reactions, 2);
});

const post = (fields: object): object => ({
  type: 'direct_post',
  direct_post: {
    ...{ channel_members: ['ada', 'ben'], user: 'ada', message: 'hello', create_at: AT },
    ...fields,
  },
});
const mattermost = (t: Scope, posts: readonly object[]) => {
  const lines = [{ type: 'version', version: 1 }, ...posts];
  return importInto(t, 'mattermost', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
};

test('Mattermost: everything in a thread answers its first message, with reactions by their names', async (t) => {
  const react = (user: string, emoji_name: string, after = 1) => ({
    user,
    emoji_name,
    create_at: AT + after,
  });
  const { imported, replies, reactions, said } = await mattermost(t, [
    post({
      message: 'who is in?',
      reactions: [
        ...[react('ben', 'rocket', 5), react('ben', '+1', 9), react('ada', 'heart')],
        ...[react('eve', 'heart'), react('ada', 'our_logo')],
      ],
      replies: [
        {
          user: 'ben',
          message: 'me',
          create_at: AT + 5,
          reactions: [react('ada', 'clap_dark_skin_tone', 7)],
        },
        { user: 'ada', message: 'me too', create_at: AT + 6 },
        { user: 'ada', message: 'of before', create_at: AT - 6 },
      ],
    }),
    post({
      ...{ message: '', attachments: [{ path: 'x' }], create_at: AT + 20 },
      replies: [{ user: 'ben', message: 'nice', create_at: AT + 21 }],
    }),
  ]);
  assert.deepEqual(replies, ['me > who is in?', 'me too > who is in?']);
  assert.deepEqual(reactions, ['2 ada ❤️', '2 ben 👍', '3 ada 👏🏿']);
  assert.deepEqual(said, [
    '+ line 2: the reaction :heart: of somebody else is left out',
    '+ line 2: the reaction :our_logo: is left out, which is no emoji that is known here',
    '+ line 2: the reaction :rocket: is left out, because there is one of each, the last',
    '- line 3: it is an attachment without a text',
    '+ line 2, reply 3: it answers a later message, and does not say so here',
    '+ line 3, reply 1: what it answers was not taken, so it does not say that here',
  ]);
  assert.deepEqual([imported.replies, imported.reactions], [2, 3]);
});

test('every emoji of the names is one that a client may send', () => {
  assert.ok(KNOWN_EMOJI.length > 200);
  for (const each of KNOWN_EMOJI) assert.ok(emojiSchema.safeParse(each).success, each);
  assert.deepEqual(
    [
      '+1_medium_light_skin_tone',
      'point_up_light_skin_tone',
      'fire_dark_skin_tone',
      '_light_skin_tone',
      'nope',
    ].map(emojiOfName),
    ['👍🏼', '☝🏻', null, null, null],
  );
  assert.deepEqual(['❤', '❤️', '👍', 'x', '', '👍👍'].map(standardEmoji), [
    '❤️',
    '❤️',
    '👍',
    null,
    null,
    null,
  ]);
});

const RUNS = scaled({ sample: 4, extended: 15, long: 150 });

test('random replies: each names the message of its number, if that is there and comes before', async (t) => {
  const random = seededRandom();
  for (let run = 0; run < RUNS; run += 1) {
    const count = random.between(1, 60);
    const sent = Array.from({ length: count }, (_, n) => ({
      ...{ id: n + 1, at: 1_600_000_000 + random.between(0, 20), isLost: random.chance(0.2) },
      answers: random.chance(0.6) ? random.between(1, count + 2) : null,
    }));
    const taken = sent.filter(({ isLost }) => !isLost);
    if (taken.length === 0) continue;
    const messages = sent.map(({ id, at, isLost, answers }) =>
      telegramText(id, random.chance(0.5) ? OWNER_ID : ADA, isLost ? '' : `m${String(id)}`, {
        ...{ date_unixtime: String(at), photo: 'x.jpg' },
        ...(answers !== null && { reply_to_message_id: answers }),
      }),
    );
    const { replies, imported } = await telegram(t, messages);
    const isBefore = (a: (typeof sent)[number], b: (typeof sent)[number]): boolean =>
      a.at === b.at ? a.id < b.id : a.at < b.at;
    const expected = taken.flatMap((each) => {
      const original = taken.find(({ id }) => id === each.answers);
      const isOne = original !== undefined && isBefore(original, each);
      return isOne ? [`m${String(each.id)} > m${String(original.id)}`] : [];
    });
    assert.deepEqual([...replies].sort(), expected.sort());
    const unnamed = taken.filter(({ answers }) => answers !== null).length - expected.length;
    const about = imported.remarks.filter(({ what }) => what.includes('does not say'));
    assert.equal(about.length, unnamed, 'whatever does not name its message was reported');
  }
});
