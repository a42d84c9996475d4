import { animated, cutOff, type Image } from './image.ts';

/** `RIFF`, a length, and `WEBP`. */
const HEAD = 12;
const CHUNK_HEAD = 8;
/** The picture, its transparency and its colour profile. All else says more: EXIF, XMP and what programs note. */
const KEPT = new Set(['VP8X', 'VP8 ', 'VP8L', 'ALPH', 'ICCP']);
const ANIMATES = new Set(['ANIM', 'ANMF']);
/** Bits of the first byte of `VP8X`. */
const HAS_XMP = 0x04;
const HAS_EXIF = 0x08;
const IS_ANIMATED = 0x02;

type Size = Pick<Image, 'width' | 'height'>;

export const isWebp = (bytes: Buffer): boolean =>
  bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, HEAD) === 'WEBP';

/** Reads a WebP chunk by chunk up to the end that its head names. @throws ImageFault */
export const readWebp = (bytes: Buffer): Image => {
  if (bytes.length < HEAD) throw cutOff();
  const end = CHUNK_HEAD + bytes.readUInt32LE(4);
  if (end > bytes.length) throw cutOff();
  const kept: Buffer[] = [];
  let canvas: Size | undefined;
  let picture: Size | undefined;
  for (let at = HEAD; at < end;) {
    if (at + CHUNK_HEAD > end) throw cutOff();
    const type = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    // Chunks begin at even places.
    const next = at + CHUNK_HEAD + length + (length % 2);
    if (next > end) throw cutOff();
    const chunk = Buffer.from(bytes.subarray(at, next));
    const data = chunk.subarray(CHUNK_HEAD, CHUNK_HEAD + length);
    if (ANIMATES.has(type)) throw animated();
    if (type === 'VP8X') {
      if (at !== HEAD) throw cutOff();
      canvas = extendedSize(data);
      data.writeUInt8(data.readUInt8(0) & ~(HAS_XMP | HAS_EXIF), 0);
    } else if (type === 'VP8 ' || type === 'VP8L') {
      if (picture !== undefined || (canvas === undefined && at !== HEAD)) throw cutOff();
      picture = type === 'VP8 ' ? lossySize(data) : losslessSize(data);
    }
    if (KEPT.has(type)) kept.push(chunk);
    at = next;
  }
  if (picture === undefined) throw cutOff();
  if (canvas !== undefined && (canvas.width !== picture.width || canvas.height !== picture.height))
    throw cutOff();
  const chunks = Buffer.concat(kept);
  const head = Buffer.from(bytes.subarray(0, HEAD));
  head.writeUInt32LE(chunks.length + 4, 4);
  return { type: 'image/webp', ...picture, bytes: Buffer.concat([head, chunks]) };
};

/** The size of the canvas, of which a still picture covers all. */
const extendedSize = (data: Buffer): Size => {
  if (data.length < 10) throw cutOff();
  if ((data.readUInt8(0) & IS_ANIMATED) !== 0) throw animated();
  return { width: data.readUIntLE(4, 3) + 1, height: data.readUIntLE(7, 3) + 1 };
};

const lossySize = (data: Buffer): Size => {
  // The first bit says that it depends on an earlier picture.
  if (data.length < 10 || (data.readUInt8(0) & 1) !== 0 || data.toString('hex', 3, 6) !== '9d012a')
    throw cutOff();
  // Two bits of each are for scaling.
  return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
};

const losslessSize = (data: Buffer): Size => {
  if (data.length < 5 || data.readUInt8(0) !== 0x2f) throw cutOff();
  const sizes = data.readUInt32LE(1);
  return { width: (sizes & 0x3fff) + 1, height: ((sizes >>> 14) & 0x3fff) + 1 };
};
