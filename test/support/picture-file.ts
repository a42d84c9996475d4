import type { Page } from 'playwright-core';

export interface PictureFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** A picture with its upper half in one colour and its lower half in another, made by the browser. */
export const pictureFile = async (
  page: Page,
  { width = 300, height = 200, upper = '#c2410c', lower = '#1d4ed8', type = 'image/png' } = {},
): Promise<PictureFile> => {
  const url = await page.evaluate(
    ({ width, height, upper, lower, type }) => {
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width, height });
      const context = canvas.getContext('2d')!;
      context.fillStyle = upper;
      context.fillRect(0, 0, width, height / 2);
      context.fillStyle = lower;
      context.fillRect(0, height / 2, width, height / 2);
      return canvas.toDataURL(type);
    },
    { width, height, upper, lower, type },
  );
  const buffer = Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
  return { name: 'picture', mimeType: type, buffer };
};

/** The same JPEG, as a camera would have written it: with a segment that says where it was taken. */
export const withPlace = ({ buffer, ...file }: PictureFile): PictureFile => {
  const exif = Buffer.from('Exif\0\0GPSLatitude 52.5200');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(exif.length + 2);
  const segment = Buffer.concat([Buffer.from([0xff, 0xe1]), length, exif]);
  return { ...file, buffer: Buffer.concat([buffer.subarray(0, 2), segment, buffer.subarray(2)]) };
};
