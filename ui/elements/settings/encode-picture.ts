import type { CropFrame } from './crop-frame.ts';

/** What the server takes. */
const SIDE_MAX = 512;
const BYTES_MAX = 256 * 1024;

const QUALITIES = [0.9, 0.8, 0.65, 0.5] as const;

const encoded = (canvas: HTMLCanvasElement, type: string, quality: number): Promise<Blob | null> =>
  new Promise((resolve) => {
    canvas.toBlob(resolve, type, quality);
  });

/** Draws a frame of a picture so that it fills the canvas. What is transparent becomes white. */
export const drawFrame = (
  canvas: HTMLCanvasElement,
  picture: CanvasImageSource,
  { x, y, side }: CropFrame,
): void => {
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, x - side / 2, y - side / 2, side, side, 0, 0, canvas.width, canvas.height);
};

/** Makes a picture of a frame that the server takes: WebP, or JPEG where the browser writes no WebP. Nothing but the pixels goes into
 *  it: no place, no time, no camera. Null if it can't be made small enough. */
export const encodeFrame = async (picture: CanvasImageSource, frame: CropFrame): Promise<Blob | null> => {
  const canvas = document.createElement('canvas');
  for (const side of [SIDE_MAX, SIDE_MAX / 2]) {
    canvas.width = canvas.height = Math.max(1, Math.min(side, Math.round(frame.side)));
    drawFrame(canvas, picture, frame);
    for (const quality of QUALITIES) {
      const webp = await encoded(canvas, 'image/webp', quality);
      const blob = webp?.type === 'image/webp' ? webp : await encoded(canvas, 'image/jpeg', quality);
      if (blob !== null && blob.size <= BYTES_MAX) return blob;
    }
  }
  return null;
};
