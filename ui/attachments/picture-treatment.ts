/** What is done with a file before it is sent. `encode`: it is drawn anew, so that nothing but its pixels is sent. `strip`: it moves, so its
 *  bytes stay as they are, without what they say of place, time and camera. `keep`: it is no picture. */
export type Treatment = 'encode' | 'strip' | 'keep';

/** By the end of the name, because some systems do not know the type of a photo. */
const BY_NAME = /\.(jpe?g|png|webp|gif|heic|heif|avif|bmp|tiff?|jxl)$/i;

const text = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));

/** Whether the bytes begin as a GIF does, or as a WebP or PNG that moves. `head`: at least the first 64 bytes, if there are so many. */
const isMoving = (head: Uint8Array): boolean => {
  if (/^GIF8[79]a$/.test(text(head, 0, 6))) return true;
  // The flags of the first chunk, which is `VP8X` in every WebP that moves.
  if (text(head, 0, 4) === 'RIFF' && text(head, 8, 8) === 'WEBPVP8X') return ((head[20] ?? 0) & 0b10) !== 0;
  // `acTL` stands before the first pixels, and in practice right behind the header.
  return text(head, 1, 3) === 'PNG' && text(head, 37, 4) === 'acTL';
};

/** `head`: the first bytes of the file. An SVG is a drawing in words, which no camera writes. */
export const treatmentOf = (type: string, name: string, head: Uint8Array): Treatment => {
  const isPicture = type.startsWith('image/') ? !type.startsWith('image/svg') : BY_NAME.test(name);
  if (!isPicture) return 'keep';
  return isMoving(head) ? 'strip' : 'encode';
};

/** Pixels of the longer side of a photo that is sent. */
export const LONGEST_SIDE = 2048;

/** The size in which a picture is drawn, at most `longest` pixels on its longer side. */
export const fitted = (
  width: number,
  height: number,
  longest: number,
): { readonly width: number; readonly height: number } => {
  const factor = Math.min(1, longest / Math.max(width, height, 1));
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
};
