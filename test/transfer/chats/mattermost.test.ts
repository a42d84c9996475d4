import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMattermost } from './reading.ts';

const VERSION = { type: 'version', version: 1, info: { generator: 'mattermost-server', version: '9.5.0' } };
const AT = 1_566_376_137_676;

const post = (fields: object): object => ({
  type: 'direct_post',
  direct_post: {
    channel_members: ['ada', 'ben'],
    user: 'ada',
    type: '',
    message: 'hello',
    props: {},
    create_at: AT,
    flagged_by: null,
    reactions: null,
    replies: null,
    attachments: null,
    ...fields,
  },
});

test('direct posts and what answers them; users by their names; everything else is passed over', async () => {
  const found = await readMattermost([
    VERSION,
    { type: 'team', team: { name: 't', display_name: 'T', type: 'O' } },
    { type: 'user', user: { username: 'ada', email: 'ada@example.org', nickname: 'A', delete_at: 5 } },
    { type: 'user', user: { email: 'x@example.org' } },
    { type: 'bot', bot: { username: 'robot' } },
    { type: 'direct_channel', direct_channel: { members: ['ada', 'ben'], header: '' } },
    { type: 'direct_channel', direct_channel: { participants: [{ username: 'ada' }], header: '' } },
    post({ channel_members: ['ben', 'ada'], user: 'ben' }),
    post({
      message: 'who is in?',
      edit_at: AT + 9,
      reactions: [{ user: 'ben', emoji_name: 'rocket', create_at: AT }],
      replies: [
        { user: 'ben', message: 'me', create_at: AT + 5, reactions: null, attachments: [{ path: 'a' }] },
        { user: 'ada', message: '', create_at: AT + 6, attachments: [{ path: 'a' }, { path: 'b' }] },
      ],
    }),
  ]);
  assert.deepEqual(found.texts, ['ben: hello', 'ada: who is in?', 'ben: me']);
  assert.deepEqual(
    found.messages.map(({ at, place, people }) => [at - AT, place, people.join()]),
    [
      [0, 'line 8', 'ada,ben'],
      [0, 'line 9', 'ada,ben'],
      [5, 'line 9, reply 1', 'ada,ben'],
    ],
  );
  assert.deepEqual(found.remarks, [
    '- line 4: the user has no username',
    '- line 9, reply 2: it is 2 attachments without a text',
  ]);
  assert.deepEqual(found.missing, ['line 9, reply 1: an attachment']);
});

test('what is no message of two people is left out, and said', async () => {
  const found = await readMattermost([
    VERSION,
    {
      type: 'post',
      post: { team: 't', channel: 'c', user: 'ada', message: 'x', create_at: AT, replies: [{}] },
    },
    post({ channel_members: ['ada', 'ben', 'cyd'], replies: [{}, {}] }),
    post({ channel_members: ['cyd', 'ben', 'ada'] }),
    post({ channel_members: ['ada', 'ada'] }),
    post({ channel_members: null }),
    post({ channel_members: ['ada', 5] }),
    post({ user: 'eve' }),
    post({ user: undefined }),
    post({ create_at: '5' }),
    post({ create_at: -1 }),
    post({ message: null }),
    post({ message: '' }),
    post({ message: '', attachments: [{ path: 'x' }] }),
    post({ type: 'system_join_channel' }),
    post({ replies: [null] }),
  ]);
  assert.deepEqual(found.texts, ['ada: hello']);
  assert.deepEqual(found.remarks, [
    '- line 6: it does not say between whom it is',
    '- line 7: it does not say between whom it is',
    '- line 8: it is from neither of the two',
    '- line 9: it is from neither of the two',
    '- line 10: it has no time',
    '- line 11: it has no time',
    '- line 12: it has no text',
    '- line 13: it is empty',
    '- line 14: it is an attachment without a text',
    '- line 15: it is no message but a notice (system_join_channel)',
    '- line 16, reply 1: it is from neither of the two',
    '- the conversation of ada, ben, cyd: it is not one of two people, so all its messages are left out: 4',
    '- the conversation of ada: it is not one of two people, so all its messages are left out: 1',
    '- the channels: posts that are left out, with what answers them: 1',
  ]);
});

const LINE = JSON.stringify(post({}));
const HEAD = JSON.stringify(VERSION);
const WRONG: readonly (readonly [string, string, RegExp])[] = [
  ['empty', '', /export\.jsonl is empty/],
  ['a ZIP archive', 'PK\u0003\u0004\n', /is no bulk export of Mattermost: .* ZIP archive/],
  ['without a version', LINE, /is no bulk export of Mattermost/],
  ['of another version', '{"type":"version","version":2}', /has version 2 of Mattermost's format/],
  ['cut off', `${HEAD}\n${LINE.slice(0, 50)}`, /line 2: it is not JSON in UTF-8/],
  ['without types', `${HEAD}\n{"x":1}`, /line 2: it has no type/],
  ['without the post', `${HEAD}\n{"type":"direct_post"}`, /line 2: there is no direct_post in it/],
  [
    'deep',
    `${HEAD}\n{"type":"direct_post","direct_post":${'['.repeat(1_000)}`,
    /line 2: it is nested too deeply/,
  ],
];
for (const [name, text, says] of WRONG)
  test(`a file that is ${name} is refused in words`, async () => {
    await assert.rejects(readMattermost(text), (error: Error) => {
      assert.equal(error.name, 'TransferError');
      assert.match(error.message, says);
      return true;
    });
  });

test('brackets in texts are no nesting, and empty lines are nothing', async () => {
  const found = await readMattermost(
    `${HEAD}\r\n\r\n${JSON.stringify(post({ message: `\\"${'['.repeat(500)}` }))}\n\n`,
  );
  assert.equal(found.texts.length, 1);
});
