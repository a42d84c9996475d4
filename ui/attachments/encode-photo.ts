import { fitted, LONGEST_SIDE } from './picture-treatment.ts';

const QUALITY = 0.85;
/** Pixels of the longer side of the small picture that stands for a file. */
const SMALL_SIDE = 480;
/** A picture with more pixels is not decoded: it would take more than a gigabyte of memory. */
const PIXELS_MAX = 300_000_000;
/** Formats that know no transparency. */
const OPAQUE = /^image\/(jpe?g|hei[cf]|bmp)$/;

const encoded = (canvas: HTMLCanvasElement, type: string): Promise<Blob | null> =>
  new Promise((resolve) => {
    canvas.toBlob(resolve, type, QUALITY);
  });

const drawn = (picture: ImageBitmap, longest: number): HTMLCanvasElement | null => {
  const canvas = document.createElement('canvas');
  const { width, height } = fitted(picture.width, picture.height, longest);
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (context === null) return null;
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, width, height);
  return canvas;
};

/** Gives back its memory, which some browsers would keep until later. */
const emptied = (canvas: HTMLCanvasElement): void => {
  canvas.width = canvas.height = 0;
};

const isTransparent = (canvas: HTMLCanvasElement): boolean => {
  const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return true;
  return false;
};

/** The picture turned as its EXIF says; null if the browser can't decode it. */
const decoded = async (bytes: Blob): Promise<ImageBitmap | null> => {
  const picture = await createImageBitmap(bytes, { imageOrientation: 'from-image' }).catch(() => null);
  if (picture === null || picture.width * picture.height <= PIXELS_MAX) return picture;
  picture.close();
  return null;
};

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/jpeg': '.jpg',
  'image/webp': '.webp',
  'image/png': '.png',
};

const write = async (canvas: HTMLCanvasElement, type: string): Promise<Blob | null> => {
  if (OPAQUE.test(type) || !isTransparent(canvas)) return await encoded(canvas, 'image/jpeg');
  const webp = await encoded(canvas, 'image/webp');
  return webp?.type === 'image/webp' ? webp : await encoded(canvas, 'image/png');
};

export interface EncodedPhoto {
  readonly bytes: Blob;
  readonly extension: string;
}

/** Draws a picture anew, at most 2048 pixels long. Nothing but its pixels goes into the result: no place, no time, no camera. A JPEG, or
 *  where something is transparent a WebP or PNG. Null if the browser can't decode or draw it. */
export const encodePhoto = async (picked: Blob): Promise<EncodedPhoto | null> => {
  const picture = await decoded(picked);
  if (picture === null) return null;
  const canvas = drawn(picture, LONGEST_SIDE);
  picture.close();
  if (canvas === null) return null;
  try {
    const bytes = await write(canvas, picked.type);
    const extension = EXTENSIONS[bytes?.type ?? ''];
    return bytes === null || extension === undefined ? null : { bytes, extension };
  } catch {
    return null;
  } finally {
    emptied(canvas);
  }
};

/** A small picture of the first frame; null if the browser can't decode it. */
export const smallPicture = async (bytes: Blob): Promise<Blob | null> => {
  const picture = await decoded(bytes);
  if (picture === null) return null;
  const canvas = drawn(picture, SMALL_SIDE);
  picture.close();
  if (canvas === null) return null;
  try {
    return await write(canvas, bytes.type);
  } catch {
    return null;
  } finally {
    emptied(canvas);
  }
};
