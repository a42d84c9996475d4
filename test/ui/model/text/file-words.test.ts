import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { attachmentWords, isPicture, messageWords } from '../../../../ui/model/text/attachment-words.ts';
import { extensionOf, nameParts, savedFileName, shownFileName } from '../../../../ui/model/text/file-name.ts';
import { fileSize } from '../../../../ui/model/text/file-size.ts';
import { useLanguage } from '../../../../ui/strings/use-language.ts';

after(() => useLanguage(['en']));

const photo = { name: 'a.jpg', type: 'image/jpeg', size: 5 };
const pdf = { name: 'report.pdf', type: 'application/pdf', size: 5 };
const svg = { name: 'x.svg', type: 'image/svg+xml', size: 5 };

test('a message without a text is called by what it carries, in the language of the user', async () => {
  const words = () => [[photo], [photo, photo, photo], [pdf], [pdf, photo], []].map(attachmentWords);
  assert.deepEqual(words(), ['Photo', '3 photos', '\u2068report.pdf\u2069', '2 files', '']);
  await useLanguage(['de']);
  assert.deepEqual(words(), ['Foto', '3 Fotos', '\u2068report.pdf\u2069', '2 Dateien', '']);
  await useLanguage(['en']);
  const plain = (text: string): string => text.replaceAll('*', '');
  assert.equal(messageWords({ content: '*look*', attachments: [photo] }, plain), 'look');
  assert.equal(messageWords({ content: '', attachments: [photo] }, plain), 'Photo');
  assert.equal(messageWords({ content: '', attachments: [] }, plain), '');
});

test('only four kinds of image of a moderate size are pictures', () => {
  for (const type of ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'IMAGE/PNG'])
    assert.equal(isPicture({ ...photo, type }), true, type);
  for (const type of ['image/svg+xml', 'image/avif', 'text/html', 'image/png; charset=utf-8', ''])
    assert.equal(isPicture({ ...photo, type }), false, type);
  assert.equal(isPicture({ ...photo, size: 0 }), false);
  assert.equal(isPicture({ ...photo, size: 40 * 1024 * 1024 }), false);
  assert.equal(attachmentWords([svg]), '\u2068x.svg\u2069');
});

test('sizes are in words', () => {
  assert.deepEqual(
    [0, 1, 999, 1000, 12_345, 999_499, 999_999, 1_234_567, 12_345_678, 3_000_000_000_000].map((bytes) =>
      fileSize(bytes, 'en'),
    ),
    ['0 bytes', '1 byte', '999 bytes', '1 kB', '12 kB', '999 kB', '1 MB', '1.2 MB', '12 MB', '3,000 GB'],
  );
  assert.equal(fileSize(1_234_567, 'de'), '1,2 MB');
});

test('[G2] a shown name is one line in which nothing turns the direction, and it may be cut in its middle', () => {
  assert.equal(shownFileName('invoice\u202egpj.exe'), 'invoice gpj.exe');
  assert.equal(shownFileName('a\r\nb\u0000c'), 'a b c');
  assert.equal(shownFileName('\u200f\u2067'), '–');
  assert.deepEqual(nameParts('short.pdf'), ['short.pdf', '']);
  const [head, tail] = nameParts('a very long name of a file (final).pdf');
  assert.equal(head + tail, 'a very long name of a file (final).pdf');
  assert.equal(tail, 'final).pdf');
  const family = '👨\u200d👩\u200d👧';
  for (let n = 0; n < 12; n += 1) {
    const name = `${'x'.repeat(20)}${family.repeat(3)}${'y'.repeat(n)}`;
    const [before, rest] = nameParts(name);
    assert.equal(before + rest, name);
    assert.match(before, new RegExp(`^x+(${family})*y*$`, 'u'));
  }
});

test('a file is saved under a name that leads nowhere and hides nothing', () => {
  for (const [name, saved] of [
    ['report.pdf', 'report.pdf'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['..\\..\\evil.bat', '_.._evil.bat'],
    ['.bashrc', 'bashrc'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['a:b*c?.txt', 'a_b_c_.txt'],
    ['photo\u202egpj.exe', 'photo gpj.exe'],
    ['...', 'file'],
    ['name. . .', 'name'],
  ] as const)
    assert.equal(savedFileName(name), saved, name);
  const long = savedFileName(`${'ä'.repeat(5000)}.tar.gz`);
  assert.ok(long.length <= 140 && long.endsWith('.gz'), long);
  assert.equal(extensionOf('a.b/c'), '');
});
