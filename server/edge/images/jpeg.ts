import { cutOff, type Image } from './image.ts';

const START = 0xd8;
const END = 0xd9;
const SCAN = 0xda;
const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;
const APP0 = 0xe0;
const APP2 = 0xe2;
const APP14 = 0xee;
/** Quantisation, Huffman and arithmetic tables, restart interval. */
const TABLES: readonly number[] = [0xdb, 0xc4, 0xcc, 0xdd];
/** Numbers of lines and frames that contradict the frame header, or stand for many. */
const CONTRADICTS: readonly number[] = [0xdc, 0xde, 0xdf];
const begins = (segment: Buffer, word: string): boolean =>
  segment.toString('latin1', 4, 4 + word.length) === word;
/** Marker, length, and JFIF's density. */
const JFIF_BYTES = 16;

/** What a decoder needs of a segment: the density without its thumbnail, the colour profile, how colours are stored. All else says more
 *  than the picture: EXIF, XMP, comments and what programs note. */
const needed = (marker: number, segment: Buffer): Buffer | null => {
  if (marker === SCAN || isFrame(marker) || TABLES.includes(marker)) return segment;
  if (marker === APP2) return begins(segment, 'ICC_PROFILE\0') ? segment : null;
  if (marker === APP14) return segment.length === 16 && begins(segment, 'Adobe') ? segment : null;
  if (marker !== APP0 || segment.length < JFIF_BYTES + 2 || !begins(segment, 'JFIF\0')) return null;
  const density = Buffer.concat([segment.subarray(0, JFIF_BYTES), Buffer.alloc(2)]);
  density.writeUInt16BE(JFIF_BYTES, 2);
  return density;
};
/** A frame header. C4, C8 and CC in the same range are tables. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

export const isJpeg = (bytes: Buffer): boolean =>
  bytes[0] === 0xff && bytes[1] === START && bytes[2] === 0xff;

/** Reads a JPEG segment by segment up to its end. @throws ImageFault */
export const readJpeg = (bytes: Buffer): Image => {
  const kept: Buffer[] = [bytes.subarray(0, 2)];
  let size: Pick<Image, 'width' | 'height'> | undefined;
  let hasPicture = false;
  for (let at = 2; ;) {
    // Any number of them may stand before a marker.
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at += 1;
    const marker = markerAt(bytes, at);
    if (marker === END) {
      kept.push(bytes.subarray(at, at + 2));
      break;
    }
    if (at + 4 > bytes.length) throw cutOff();
    const length = bytes.readUInt16BE(at + 2);
    let next = at + 2 + length;
    if (length < 2 || next > bytes.length) throw cutOff();
    if (isFrame(marker)) {
      // A second one would contradict the first.
      if (size !== undefined || length < 8 || length !== 8 + 3 * bytes.readUInt8(at + 9)) throw cutOff();
      size = { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    }
    if (marker === SCAN) {
      if (size === undefined) throw cutOff();
      hasPicture = true;
      next = endOfScan(bytes, next);
    }
    if (CONTRADICTS.includes(marker)) throw cutOff();
    const segment = needed(marker, bytes.subarray(at, next));
    if (segment !== null) kept.push(segment);
    at = next;
  }
  if (size === undefined || !hasPicture) throw cutOff();
  return { type: 'image/jpeg', ...size, bytes: Buffer.concat(kept) };
};

/** The marker that stands at a place between two segments. */
const markerAt = (bytes: Buffer, at: number): number => {
  const marker = bytes[at] === 0xff ? bytes[at + 1] : undefined;
  if (marker === undefined || marker === 0 || marker === START || isRestart(marker)) throw cutOff();
  return marker;
};

/** Where the marker after the picture data begins: the first one that is neither an escaped FF nor a restart. */
const endOfScan = (bytes: Buffer, from: number): number => {
  for (let at = bytes.indexOf(0xff, from); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(0xff, at)) {
    const next = bytes[at + 1] ?? 0;
    if (next === 0xff) at += 1;
    else if (next === 0 || isRestart(next)) at += 2;
    else return at;
  }
  throw cutOff();
};
