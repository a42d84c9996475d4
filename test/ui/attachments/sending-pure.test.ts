import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitted, treatmentOf } from '../../../ui/attachments/picture-treatment.ts';
import { renamedTo, sendableName } from '../../../ui/attachments/sendable-name.ts';
import { withoutMetadata } from '../../../ui/attachments/strip-metadata.ts';
import { dispositionOf } from '../../../ui/net/upload.ts';

const ascii = (text: string): number[] => [...text].map((sign) => sign.charCodeAt(0));

test('[G2] every name becomes one that the server takes, and keeps what it says', () => {
  assert.equal(sendableName('Café.txt'), 'Café.txt');
  assert.equal(sendableName('a/b\\c\u202ed\u0000\n.txt'), 'a_b_c_d__.txt');
  assert.equal(sendableName('\u200b\u2060'), 'file');
  assert.equal(sendableName('a\ud800'), 'a\ufffd');
  const long = sendableName(`${'😀'.repeat(300)}.tar`);
  assert.deepEqual([[...long].length, long.endsWith('😀.tar')], [255, true]);
  assert.equal(renamedTo('.jpg', 'photo.heic'), 'photo.jpg');
  assert.equal(renamedTo('.jpg', 'photo.JPEG'), 'photo.JPEG');
  assert.equal(renamedTo('.png', 'photo'), 'photo.png');
  assert.equal(dispositionOf("it's (1) ä.txt"), "attachment; filename*=UTF-8''it%27s%20%281%29%20%C3%A4.txt");
});

test('a photo is drawn anew, what moves is stripped, anything else stays as it is', () => {
  const none = new Uint8Array();
  assert.equal(treatmentOf('image/jpeg', 'a.jpg', none), 'encode');
  assert.equal(treatmentOf('application/octet-stream', 'a.HEIC', none), 'encode');
  assert.equal(treatmentOf('image/svg+xml', 'a.svg', none), 'keep');
  assert.equal(treatmentOf('application/pdf', 'a.pdf', none), 'keep');
  assert.equal(treatmentOf('image/gif', 'a.gif', new Uint8Array(ascii('GIF89a'))), 'strip');
  const webp = (flags: number) =>
    new Uint8Array([...ascii('RIFF'), 0, 0, 0, 0, ...ascii('WEBPVP8X'), 10, 0, 0, 0, flags]);
  assert.equal(treatmentOf('image/webp', 'a.webp', webp(0b10)), 'strip');
  assert.equal(treatmentOf('image/webp', 'a.webp', webp(0b1100)), 'encode');
  assert.deepEqual(fitted(4000, 3000, 2048), { width: 2048, height: 1536 });
  assert.deepEqual(fitted(10, 8000, 2048), { width: 3, height: 2048 });
  assert.deepEqual(fitted(100, 50, 2048), { width: 100, height: 50 });
});

test('what a moving picture says beside its pixels is taken out, and nothing else', () => {
  const head = [...ascii('GIF89a'), 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255];
  const repeats = [0x21, 0xff, 11, ...ascii('NETSCAPE2.0'), 3, 1, 0, 0, 0];
  const xmp = [0x21, 0xff, 11, ...ascii('XMP DataXMP'), 3, ...ascii('GPS'), 0];
  const comment = [0x21, 0xfe, 4, ...ascii('here'), 0];
  const control = [0x21, 0xf9, 4, 0, 10, 0, 0, 0];
  const image = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];
  const gif = (...blocks: number[][]) => new Uint8Array([...head, ...blocks.flat(), 0x3b]);
  const whole = gif(repeats, xmp, comment, control, image);
  assert.deepEqual(withoutMetadata(whole), gif(repeats, control, image));
  // What stands behind the end, and what breaks off.
  assert.deepEqual(
    withoutMetadata(new Uint8Array([...whole, ...ascii('GPS')])),
    gif(repeats, control, image),
  );
  assert.equal(withoutMetadata(whole.slice(0, -4)), null);

  const chunk = (name: string, data: number[]) => [
    ...ascii(name),
    ...[data.length, 0, 0, 0],
    ...data,
    ...(data.length % 2 ? [0] : []),
  ];
  const webp = (...chunks: number[][]) => {
    const body = [...ascii('WEBP'), ...chunks.flat()];
    return new Uint8Array([...ascii('RIFF'), body.length, 0, 0, 0, ...body]);
  };
  const pixels = chunk('ANMF', [1, 2, 3]);
  const flags = (value: number) => chunk('VP8X', [value, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const said = [chunk('EXIF', ascii('GPS')), chunk('XMP ', ascii('GPS!'))];
  assert.deepEqual(withoutMetadata(webp(flags(0b1110), pixels, ...said)), webp(flags(0b10), pixels));

  const signature = [0x89, ...ascii('PNG'), 13, 10, 26, 10];
  const part = (name: string, data: number[]) => [0, 0, 0, data.length, ...ascii(name), ...data, 0, 0, 0, 0];
  const png = (...parts: number[][]) => new Uint8Array([...signature, ...parts.flat()]);
  const needed = [part('IHDR', [1]), part('acTL', [2]), part('IDAT', [3])];
  const told = [part('eXIf', ascii('GPS')), part('tEXt', ascii('place')), part('tIME', [1])];
  assert.deepEqual(
    withoutMetadata(png(...needed, ...told, part('IEND', []))),
    png(...needed, part('IEND', [])),
  );
  assert.equal(withoutMetadata(new Uint8Array(ascii('no picture'))), null);
});
