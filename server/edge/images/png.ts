import { animated, cutOff, type Image } from './image.ts';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
/** Length, type and checksum of a chunk. */
const CHUNK_EXTRA = 12;
const HEADER_BYTES = 13;
/** What a decoder needs, and how colours are meant. All else says more than the picture: texts, places, cameras, programs. */
const NEEDED = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS']);
const COLOURS = new Set(['gAMA', 'cHRM', 'sRGB', 'iCCP', 'sBIT', 'pHYs', 'bKGD', 'cICP']);
const isCritical = (type: string): boolean => /^[A-Z]/.test(type);
/** A chunk that makes it an animation (APNG). */
const ANIMATES = new Set(['acTL', 'fcTL', 'fdAT']);

export const isPng = (bytes: Buffer): boolean => bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE);

/** Reads a PNG chunk by chunk up to its end. @throws ImageFault */
export const readPng = (bytes: Buffer): Image => {
  const kept: Buffer[] = [SIGNATURE];
  let size: Pick<Image, 'width' | 'height'> | undefined;
  let hasPicture = false;
  for (let at = SIGNATURE.length; ;) {
    if (at + CHUNK_EXTRA > bytes.length) throw cutOff();
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const next = at + CHUNK_EXTRA + length;
    if (next > bytes.length) throw cutOff();
    if ((size === undefined) !== (type === 'IHDR')) throw cutOff();
    if (type === 'IHDR') {
      if (length !== HEADER_BYTES) throw cutOff();
      size = { width: bytes.readUInt32BE(at + 8), height: bytes.readUInt32BE(at + 12) };
    }
    if (ANIMATES.has(type)) throw animated();
    hasPicture ||= type === 'IDAT' && length > 0;
    const isNeeded = NEEDED.has(type);
    if ((isCritical(type) && !isNeeded) || (type === 'IEND' && length > 0)) throw cutOff();
    if (isNeeded || COLOURS.has(type)) kept.push(bytes.subarray(at, next));
    if (type === 'IEND') break;
    at = next;
  }
  if (size === undefined || !hasPicture) throw cutOff();
  return { type: 'image/png', ...size, bytes: Buffer.concat(kept) };
};
