import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import type { MessageResource } from '../../../server/protocol/resources/message.ts';
import { attachmentPath } from '../../../server/edge/own-data/attachment-name.ts';
import { conversationPage } from '../../../server/edge/own-data/conversation-page.ts';
import {
  PAGE_MESSAGES,
  partFile,
  partNumberOf,
  partsOf,
  type ExportedConversation,
} from '../../../server/edge/own-data/exported-conversation.ts';
import { indexPage } from '../../../server/edge/own-data/index-page.ts';
import { escapedText } from '../../../server/edge/own-data/html.ts';
import { ANNA } from '../../../server/edge/api/documents/examples.ts';

const HOSTILE = [
  '<script>alert(1)</script>',
  '</style><img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "' autofocus onfocus=alert(1) '",
  '</title></p></article>',
  '<!-- --><![CDATA[',
  '&lt;b&gt; &amp;',
  '\u202eevil\u2066',
  'javascript:alert(1)',
];
const ID = '018f3c33-4e6f-7182-93a4-af102b3c4d5e';
const conversation = (peerName: string): ExportedConversation => ({
  id: ID,
  peerName,
  peerHandle: 'ben',
  from: 1,
  to: 3,
  lastAt: '2026-12-02T03:04:05.000Z',
  removedUntil: null,
});
const message = (seq: number, content: string, more: Partial<MessageResource> = {}): MessageResource => ({
  message_id: ID,
  conversation_id: ID,
  seq,
  sender_id: ANNA.id,
  sender_name: 'anna',
  recipient_id: ID,
  content,
  sent_at: '2026-12-02T03:04:05.000Z',
  is_anonymized: false,
  reply_to: null,
  reactions: [],
  attachments: [],
  ...more,
});

const pageOf = (
  shown: ExportedConversation,
  messages: readonly MessageResource[],
  number = 1,
): Promise<string> => {
  const part = partsOf(shown)[number - 1];
  assert.ok(part);
  return text(
    Readable.from(conversationPage(shown, part, { ownId: ANNA.id, pages: Readable.from([messages]) })),
  );
};

/** The elements of a page without what stands in them, in order. */
const elementsOf = (html: string): readonly string[] => html.match(/<[^>]*>/g) ?? [];

test('whatever names and texts hold, a page has the same elements', async () => {
  const plain = elementsOf(await pageOf(conversation('ben'), [message(1, 'hello'), message(2, 'there')]));
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(...HOSTILE),
    fc.stringMatching(/^[<>"'&/!-]+$/),
  );
  await fc.assert(
    fc.asyncProperty(anything, anything, anything, async (name, first, second) => {
      const html = await pageOf(conversation(name), [message(1, first), message(2, second)]);
      assert.deepEqual(elementsOf(html), plain);
      assert.ok(html.includes(`<bdi>${escapedText(name)}</bdi>`));
      assert.ok(html.includes(`<p class="text" dir="auto">${escapedText(first)}</p>`));
    }),
  );
});

test('[E1] a page leads to the files of attachments that a browser only shows, and says where the others are', async () => {
  const sha256 = '0'.repeat(64);
  const attachment = (name: string) => ({ id: ID, name, type: 'text/html', size: 1_500_000, sha256 });
  const named = async (name: string): Promise<string> =>
    pageOf(conversation('ben'), [message(1, '', { attachments: [attachment(name)] })]);
  const photo = await named('Bild & Ton ä.jpg');
  assert.ok(
    photo.includes(
      `<a href="../attachments/${ID}-Bild%20_%20Ton%20%C3%A4.jpg"><bdi>Bild &amp; Ton ä.jpg</bdi></a>`,
    ),
  );
  assert.ok(photo.includes('1.5 MB'));
  assert.ok(!photo.includes('<p class="text"'), 'there is no text');
  for (const name of ['x.html', 'x.svg', 'x.jpg.hta', 'x', 'x.JPG .xhtml'])
    assert.doesNotMatch(await named(name), /href="\.\.\/attachments/, name);
  const plain = elementsOf(await named('x.jpg'));
  for (const hostile of HOSTILE)
    assert.deepEqual(
      elementsOf(await named(`${hostile}.jpg`)).map(withoutHref),
      plain.map(withoutHref),
      hostile,
    );
});

const withoutHref = (element: string): string => element.replace(/href="[^"]*"/, 'href');

test('[E1] names of attachments are names of files on every system', () => {
  const names = [
    ...['..', '../../etc/passwd', 'C:\\x', 'con', 'a:b', 'x?.txt', '\u202egnp.exe', 'x\0', 'x. . .', ' x '],
    ...['👩‍👧.png', '漢字.txt', 'кот', 'e\u0301', 'a'.repeat(255), `${'漢'.repeat(255)}.docx`, '.', '*|<>"'],
  ];
  for (const name of names) {
    const path = attachmentPath({ id: ID, name });
    const file = path.slice('attachments/'.length);
    assert.ok(path.startsWith(`attachments/${ID}-`), name);
    assert.match(file, /^[\p{L}\p{N}\p{M}._ -]+$/u, name);
    assert.doesNotMatch(file, /[. ]$/, name);
    assert.ok(Buffer.byteLength(file) <= 255, name);
  }
  assert.equal(attachmentPath({ id: ID, name: 'Brief an Ö.pdf' }), `attachments/${ID}-Brief an Ö.pdf`);
  assert.match(attachmentPath({ id: ID, name: `${'漢'.repeat(255)}.docx` }), /漢\.docx$/);
});

test('the first page too', () => {
  const page = (name: string, about: string): string =>
    [
      ...indexPage({
        user: { ...ANNA, role: 'user', display_name: name, about },
        avatar: null,
        exportedAt: '2026-12-02T03:04:05.000Z',
        conversations: [conversation(name)],
      }),
    ].join('');
  const plain = elementsOf(page('anna', 'hello'));
  for (const hostile of HOSTILE) assert.deepEqual(elementsOf(page(hostile, hostile)), plain, hostile);
});

test('the policy of a page allows its own style and nothing else', async () => {
  const html = await pageOf(conversation('ben'), [message(1, 'hello')]);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? '';
  const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? '';
  const sum = createHash('sha256').update(style).digest('base64');
  assert.deepEqual(policy.split('; '), [
    "default-src 'none'",
    `style-src 'sha256-${sum}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  // The policy holds for what comes after it.
  assert.ok(html.indexOf('Content-Security-Policy') < html.indexOf('<style>'));
  assert.doesNotMatch(html, /<script|<link|\ssrc=|\sstyle=|url\(|@import/i);
});

test('a long conversation has several pages, which hold each message once and lead to each other', async () => {
  const long = { ...conversation('ben'), from: 5, to: 5 + 2 * PAGE_MESSAGES };
  const parts = partsOf(long);
  assert.deepEqual(
    parts.map(({ number, of, from, to }) => [number, of, from, to]),
    [
      [1, 3, 5, 4 + PAGE_MESSAGES],
      [2, 3, 5 + PAGE_MESSAGES, 4 + 2 * PAGE_MESSAGES],
      [3, 3, 5 + 2 * PAGE_MESSAGES, 5 + 2 * PAGE_MESSAGES],
    ],
  );
  for (const { number, from, to } of parts)
    for (const seq of [from, to]) assert.equal(partNumberOf(long, seq), number);
  const files = parts.map(({ number }) => partFile(long, number));
  assert.deepEqual(files, [`ben-${ID}.html`, `ben-${ID}-2.html`, `ben-${ID}-3.html`]);
  const reply = { reply_to: { message_id: ID, seq: 6 } };
  const middle = await pageOf(long, [message(6 + PAGE_MESSAGES, 'hello', reply)], 2);
  for (const link of [files[0], files[2], `${files[0] ?? ''}#m6`, '../index.html'])
    assert.ok(middle.includes(`href="${link ?? ''}"`), link);
  const first = await pageOf(long, [
    message(7, 'hello', reply),
    message(8, 'x', { reply_to: { message_id: ID, seq: 4 } }),
  ]);
  assert.ok(first.includes('href="#m6"'));
  assert.ok(first.includes('Reply to message 4, which is not here any more'));
});

test('names of files are plain, whatever a user is called', () => {
  const names = ['Deleted User', '..', 'con', '../../etc/passwd', '\u202e', 'a.b_c-d', ''];
  for (const peerName of names) {
    const name = partFile({ ...conversation(peerName), peerHandle: '' }, 1);
    assert.match(name, new RegExp(`^[a-z0-9_-]*-${ID}\\.html$`), peerName);
  }
});
