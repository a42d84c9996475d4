import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ImageFault } from '../../../server/edge/images/image.ts';
import { readImage } from '../../../server/edge/images/read-image.ts';
import { chance, scaled } from '../../support/scale.ts';
import {
  extended,
  jpeg,
  jpegSegment,
  lossless,
  lossy,
  png,
  PNG_SIGNATURE,
  pngChunk,
  webpChunk,
  webpOf,
} from '../../support/sample-images.ts';

const ROUNDS = scaled({ sample: 3_000, long: 300_000 });

const sizeOf = (bytes: Buffer): unknown => {
  const { type, width, height } = readImage(bytes);
  return [type, width, height];
};
const refused = (bytes: Buffer, says: RegExp): void => {
  assert.throws(
    () => readImage(bytes),
    (error: unknown) => error instanceof ImageFault && says.test(error.message),
    bytes.toString('hex', 0, 40),
  );
};
const SECRET = Buffer.from('GPS 52.5163 13.3777');

test('[U6] the type and the size of an image are what its bytes say', () => {
  assert.deepEqual(sizeOf(png(3, 512)), ['image/png', 3, 512]);
  assert.deepEqual(sizeOf(jpeg(512, 1)), ['image/jpeg', 512, 1]);
  assert.deepEqual(sizeOf(webpOf(lossy(7, 9))), ['image/webp', 7, 9]);
  assert.deepEqual(sizeOf(webpOf(lossless(511, 512))), ['image/webp', 511, 512]);
  assert.deepEqual(sizeOf(webpOf(extended(16, 8, 5), webpChunk('ALPH', SECRET), lossy(8, 5))), [
    ...['image/webp', 8, 5],
  ]);
});

test('[U6] an image keeps its picture, and loses what it says besides', () => {
  const plain = { png: png(4, 4), jpeg: jpeg(4, 4), webp: webpOf(extended(0, 4, 4), lossy(4, 4)) };
  for (const image of Object.values(plain)) assert.deepEqual(Buffer.from(readImage(image).bytes), image);
  const texts = ['tEXt', 'zTXt', 'iTXt', 'eXIf', 'tIME', 'caBX', 'zxIf', 'prVt'].map((type) =>
    pngChunk(type, SECRET),
  );
  assert.deepEqual(Buffer.from(readImage(png(4, 4, { extra: texts })).bytes), plain.png);
  const words = ['CIFF', 'FPXR\0', 'MPF\0', 'Adobe'].map((word) =>
    Buffer.concat([Buffer.from(word), SECRET]),
  );
  const segments = [
    ...[0xe1, 0xed, 0xfe, 0xf0, 0x02].map((marker) => jpegSegment(marker, SECRET)),
    ...[0xe0, 0xe2, 0xee].flatMap((marker) => words.map((data) => jpegSegment(marker, data))),
  ];
  assert.deepEqual(Buffer.from(readImage(jpeg(4, 4, { extra: segments })).bytes), plain.jpeg);
  const said = ['EXIF', 'XMP ', 'C2PA', 'exif'].map((type) => webpChunk(type, SECRET));
  const webp = webpOf(extended(12, 4, 4), lossy(4, 4), ...said);
  assert.deepEqual(Buffer.from(readImage(webp).bytes), plain.webp);
  // What follows the end belongs to no image.
  for (const image of Object.values(plain))
    assert.deepEqual(Buffer.from(readImage(Buffer.concat([image, SECRET])).bytes), image);
  const profile = pngChunk('iCCP', SECRET);
  assert.ok(Buffer.from(readImage(png(4, 4, { extra: [profile] })).bytes).includes(profile), 'colours stay');
  const colours = [
    jpegSegment(0xe2, Buffer.concat([Buffer.from('ICC_PROFILE\0'), SECRET])),
    jpegSegment(0xee, Buffer.from('Adobe\0d\0\0\0\0\x01', 'latin1')),
  ];
  const coloured = jpeg(4, 4, { extra: colours });
  assert.deepEqual(Buffer.from(readImage(coloured).bytes), coloured);
});

test('[U6] the thumbnail of a JPEG goes, its density stays', () => {
  const density = Buffer.from('JFIF\0\x01\x01\x01\0\x48\0\x48', 'latin1');
  const small = Buffer.concat([density, Buffer.from([2, 1]), Buffer.from('abcdef')]);
  const [start, end] = [jpeg(4, 4).subarray(0, 2), jpeg(4, 4).subarray(20)];
  const kept = readImage(Buffer.concat([start, jpegSegment(0xe0, small), end])).bytes;
  const plain = Buffer.concat([start, jpegSegment(0xe0, Buffer.concat([density, Buffer.alloc(2)])), end]);
  assert.deepEqual(Buffer.from(kept), plain);
});

test('[U6] an image cut off anywhere is refused', () => {
  const webp = webpOf(extended(8, 4, 4), lossy(4, 4), webpChunk('EXIF', SECRET));
  for (const image of [
    png(4, 4, { extra: [pngChunk('tEXt', SECRET)] }),
    jpeg(4, 4),
    webp,
    webpOf(lossless(4, 4)),
  ])
    for (let length = 0; length < image.length; length += 1) refused(image.subarray(0, length), /./);
});

test('[U6] no side may be empty or longer than 512 pixels', () => {
  for (const image of [png(513, 1), jpeg(1, 513), webpOf(lossy(513, 2)), webpOf(lossless(2, 513))])
    refused(image, /1 to 512 pixels/);
  for (const image of [png(0, 1), jpeg(0, 5), jpeg(5, 0), webpOf(lossy(0, 2))]) refused(image, /1 to 512/);
});

test('[U6] animations are refused', () => {
  for (const type of ['acTL', 'fcTL', 'fdAT'])
    refused(png(4, 4, { extra: [pngChunk(type, SECRET)] }), /animated/);
  refused(webpOf(extended(2, 4, 4), lossy(4, 4)), /animated/);
  refused(webpOf(extended(0, 4, 4), webpChunk('ANIM', SECRET)), /animated/);
});

test('[U6] what contradicts itself, or is another file, is refused', () => {
  const [head, picture, end] = [png(4, 4).subarray(8, 33), pngChunk('IDAT', SECRET), pngChunk('IEND')];
  const chunks = (...each: readonly Buffer[]): Buffer => Buffer.concat([PNG_SIGNATURE, ...each]);
  const wrong = [
    ...[chunks(picture, head, end), chunks(head, end), chunks(head, head, picture, end)],
    chunks(pngChunk('IHDR', Buffer.alloc(4)), picture, end),
    chunks(head, pngChunk('IDAT'), end),
    jpeg(4, 4, { extra: [jpegSegment(0xc2, Buffer.from([8, 0, 4, 0, 4, 1, 1, 17, 0]))] }),
    jpeg(4, 4, { extra: [Buffer.from([0xff, 0xd0])] }),
    jpeg(4, 4, { extra: [Buffer.from([0xff, 0xe1, 0, 1])] }),
    ...[0xdc, 0xde, 0xdf].map((marker) => jpeg(4, 4, { extra: [jpegSegment(marker, Buffer.alloc(2))] })),
    png(4, 4, { extra: [pngChunk('CgBI', SECRET)] }),
    chunks(head, picture, pngChunk('IEND', SECRET)),
    webpOf(extended(0, 4, 4), lossy(5, 4)),
    ...[webpOf(extended(0, 4, 4)), webpOf(lossy(4, 4), lossy(4, 4)), webpOf(lossy(4, 4), extended(0, 4, 4))],
    webpOf(webpChunk('VP8 ', Buffer.alloc(10))),
    webpOf(webpChunk('VP8L', Buffer.alloc(5))),
  ];
  for (const image of wrong) refused(image, /./);
  const others = ['GIF89a', 'BM', '<svg xmlns="http://www.w3.org/2000/svg"/>', '<html>', ''];
  for (const text of others) refused(Buffer.from(text), /PNG, JPEG or WebP/);
});

test('[U6] [P9] whatever bytes come, they are an image of an accepted size or are refused', (t) => {
  const random = chance(t);
  const images = [png(9, 9), jpeg(9, 9), webpOf(extended(12, 9, 9), lossy(9, 9), webpChunk('EXIF', SECRET))];
  for (let round = 0; round < ROUNDS; round += 1) {
    const bytes = Buffer.from(random.pick(images));
    for (let change = random.between(1, 4); change > 0; change -= 1)
      bytes[random.between(0, bytes.length - 1)] = random.pick([0, 1, 0x7f, 0xff, random.between(0, 255)]);
    try {
      const { width, height, bytes: kept } = readImage(bytes);
      assert.ok(width >= 1 && width <= 512 && height >= 1 && height <= 512);
      assert.ok(kept.length <= bytes.length);
      assert.deepEqual(readImage(kept), { ...readImage(bytes), bytes: kept }, 'what is kept is an image');
    } catch (error) {
      assert.ok(error instanceof ImageFault, String(error));
    }
  }
});

test('[U6] a JPEG may fill up before a marker', () => {
  const filled = jpeg(4, 4, { extra: [Buffer.from([0xff, 0xff, 0xff])] });
  assert.deepEqual(sizeOf(filled), ['image/jpeg', 4, 4]);
});
