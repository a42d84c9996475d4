import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isShowable, pictureHeader, type PictureHeader } from '../../../ui/attachments/picture-header.ts';
import { jpegSegment, png } from '../../support/sample-images.ts';

const headerOf = (bytes: Buffer | string): PictureHeader | null =>
  pictureHeader(Uint8Array.from(Buffer.from(bytes)).buffer);

const u16 = (value: number): Buffer => Buffer.from([value & 255, value >> 8]);
const gif = (width: number, height: number): Buffer =>
  Buffer.concat([Buffer.from('GIF89a'), u16(width), u16(height), Buffer.alloc(3)]);
const webp = (kind: string, rest: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('RIFF\0\0\0\0WEBP'),
    Buffer.from(kind),
    Buffer.alloc(4),
    rest,
    Buffer.alloc(20),
  ]);
const jpeg = (width: number, height: number, before: readonly Buffer[] = []): Buffer => {
  const frame = Buffer.alloc(15);
  frame.writeUInt8(8, 0);
  frame.writeUInt16BE(height, 1);
  frame.writeUInt16BE(width, 3);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), ...before, jpegSegment(0xc2, frame)]);
};

test('the four kinds of picture say what they are and how large', () => {
  assert.deepEqual(headerOf(png(300, 200)), { type: 'image/png', width: 300, height: 200 });
  assert.deepEqual(headerOf(gif(300, 200)), { type: 'image/gif', width: 300, height: 200 });
  const exif = jpegSegment(0xe1, Buffer.alloc(60_000, 0xff));
  assert.deepEqual(headerOf(jpeg(300, 200, [exif, exif])), { type: 'image/jpeg', width: 300, height: 200 });
  const type = 'image/webp';
  const lossy = Buffer.concat([Buffer.from([0, 0, 0, 0x9d, 1, 0x2a]), u16(300), u16(200)]);
  assert.deepEqual(headerOf(webp('VP8 ', lossy)), { type, width: 300, height: 200 });
  const lossless = Buffer.alloc(5);
  lossless.writeUInt8(0x2f);
  lossless.writeUInt32LE(299 | (199 << 14), 1);
  assert.deepEqual(headerOf(webp('VP8L', lossless)), { type, width: 300, height: 200 });
  const extended = Buffer.from([0, 0, 0, 0, 43, 1, 0, 199, 0, 0]);
  assert.deepEqual(headerOf(webp('VP8X', extended)), { type, width: 300, height: 200 });
});

test('everything else is no picture, whatever it begins like', () => {
  const cases: readonly (Buffer | string)[] = [
    '',
    'GIF',
    'GIF89a',
    '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    '<!doctype html><script>alert(1)</script>',
    '%PDF-1.7',
    'RIFF\0\0\0\0WEBPVP8Z'.padEnd(40, '\0'),
    'RIFF\0\0\0\0WAVEfmt '.padEnd(40, '\0'),
    png(10, 10).subarray(0, 20),
    Buffer.from([0xff, 0xd8, 0xff, 0xda, 0, 8, 0, 0, 0, 0, 0, 0]),
    Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff, 0, 0, 0, 0, 0, 0]),
    Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(500, 0xff)]),
    Buffer.from('BM'.padEnd(60, '\0')),
  ];
  for (const bytes of cases) assert.equal(headerOf(bytes), null, bytes.toString('latin1'));
});

test('a picture that would take the memory of the device is not shown', () => {
  const of = (width: number, height: number): boolean => isShowable({ type: 'image/png', width, height });
  assert.deepEqual([of(60_000, 60_000), of(60_000, 1), of(0, 5), of(20_000, 20_000)], Array(4).fill(false));
  assert.deepEqual([of(1, 1), of(12_000, 9_000), of(30_000, 100)], [true, true, true]);
});
