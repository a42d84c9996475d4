/** Removes from the bytes of pictures that move what is neither a pixel nor needed to show them: comments, EXIF, XMP, texts, times. Each
 *  function returns null if the bytes are not what they should be: then nobody knows what is in them. */

type Parts = Uint8Array<ArrayBuffer>[];

const text = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));

const joined = (parts: Parts): Uint8Array<ArrayBuffer> => {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

/** The end of a row of sub-blocks that begins at `at`, behind its empty block; null if it has none. */
const endOfBlocks = (bytes: Uint8Array, at: number): number | null => {
  let next = at;
  for (;;) {
    const length = bytes[next];
    if (length === undefined) return null;
    next += length + 1;
    if (length === 0) return next;
  }
};

const colours = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

/** Extensions that say how often a GIF repeats. All other ones of applications hold metadata. */
const REPEATS = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0']);

/** The length of the block of a GIF at `at`, and whether it is needed. Null at the end, and for what is no block. */
const gifBlock = (
  bytes: Uint8Array,
  at: number,
): { readonly end: number; readonly isNeeded: boolean } | null => {
  if (bytes[at] === 0x2c) {
    const end = endOfBlocks(bytes, at + 10 + colours(bytes[at + 9] ?? 0) + 1);
    return end === null ? null : { end, isNeeded: true };
  }
  if (bytes[at] !== 0x21) return null;
  const end = endOfBlocks(bytes, at + 2);
  if (end === null) return null;
  // Graphic control is needed; comments and plain texts are not.
  const isNeeded = bytes[at + 1] === 0xf9 || (bytes[at + 1] === 0xff && REPEATS.has(text(bytes, at + 3, 11)));
  return { end, isNeeded };
};

const strippedGif = (bytes: Uint8Array<ArrayBuffer>): Parts | null => {
  let at = 13 + colours(bytes[10] ?? 0);
  const parts = [bytes.subarray(0, at)];
  while (bytes[at] !== 0x3b) {
    const block = gifBlock(bytes, at);
    if (block === null) return null;
    if (block.isNeeded) parts.push(bytes.subarray(at, block.end));
    at = block.end;
  }
  return [...parts, bytes.subarray(at, at + 1)];
};

const WEBP_UNNEEDED = new Set(['EXIF', 'XMP ']);
/** The flags of `VP8X` that promise those chunks. */
const WEBP_FLAGS = 0b1100;

const strippedWebp = (bytes: Uint8Array<ArrayBuffer>): Parts | null => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const head = bytes.slice(0, 12);
  const parts = [head];
  for (let at = 12; at < bytes.length;) {
    if (at + 8 > bytes.length) return null;
    const length = view.getUint32(at + 4, true);
    const end = at + 8 + length + (length % 2);
    // The last byte only fills up, and some programs leave it out.
    if (end > bytes.length + 1) return null;
    const name = text(bytes, at, 4);
    const chunk = bytes.slice(at, Math.min(end, bytes.length));
    if (name === 'VP8X') chunk[8] = (chunk[8] ?? 0) & ~WEBP_FLAGS;
    if (!WEBP_UNNEEDED.has(name)) parts.push(chunk);
    at = end;
  }
  const size = parts.reduce((sum, { length }) => sum + length, 0) - 8;
  new DataView(head.buffer).setUint32(4, size, true);
  return parts;
};

/** Chunks of a PNG that are needed to show it as it was meant. */
const PNG_NEEDED = new Set([
  ...['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'acTL', 'fcTL', 'fdAT'],
  ...['gAMA', 'cHRM', 'sRGB', 'iCCP', 'sBIT', 'bKGD', 'cICP'],
]);

const strippedPng = (bytes: Uint8Array<ArrayBuffer>): Parts | null => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = [bytes.subarray(0, 8)];
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) return null;
    const name = text(bytes, at + 4, 4);
    if (PNG_NEEDED.has(name)) parts.push(bytes.subarray(at, end));
    if (name === 'IEND') return parts;
    at = end;
  }
  return null;
};

const strip = (bytes: Uint8Array<ArrayBuffer>): Parts | null => {
  if (text(bytes, 0, 4) === 'GIF8') return strippedGif(bytes);
  if (text(bytes, 0, 4) === 'RIFF' && text(bytes, 8, 4) === 'WEBP') return strippedWebp(bytes);
  return text(bytes, 1, 3) === 'PNG' ? strippedPng(bytes) : null;
};

/** A GIF, WebP or PNG without its metadata; null if the bytes are none, or are damaged. */
export const withoutMetadata = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | null => {
  const parts = strip(bytes);
  return parts && joined(parts);
};
