import { AVATAR_MAX_PIXELS } from '../../protocol/limits.ts';
import { ImageFault, type Image } from './image.ts';
import { isJpeg, readJpeg } from './jpeg.ts';
import { isPng, readPng } from './png.ts';
import { isWebp, readWebp } from './webp.ts';

/** The image that some bytes are, judged by them alone. It is read up to its end and not decoded: whether the picture itself is whole only
 *  a viewer finds out. @throws ImageFault if it is none of the three types, is animated, cut off, or too large or empty [U6] */
export const readImage = (given: Uint8Array): Image => {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  const image = parsed(bytes);
  const { width, height } = image;
  if (Math.min(width, height) < 1 || Math.max(width, height) > AVATAR_MAX_PIXELS)
    throw new ImageFault(`The image must have 1 to ${String(AVATAR_MAX_PIXELS)} pixels a side.`);
  return image;
};

const parsed = (bytes: Buffer): Image => {
  if (isPng(bytes)) return readPng(bytes);
  if (isJpeg(bytes)) return readJpeg(bytes);
  if (isWebp(bytes)) return readWebp(bytes);
  throw new ImageFault('The image must be a PNG, JPEG or WebP.');
};
