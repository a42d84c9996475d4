/** The square of a picture that is to be shown, in pixels of the picture. */
export interface CropFrame {
  /** The middle of the square. */
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** The picture may be enlarged up to this factor. */
export const ZOOM_MAX = 6;

const between = (low: number, value: number, high: number): number => Math.min(Math.max(value, low), high);

const widest = ({ width, height }: PictureSize): number => Math.min(width, height);

/** The nearest frame that lies within the picture. */
const inside = ({ x, y, side }: CropFrame, size: PictureSize): CropFrame => {
  const kept = between(Math.max(1, widest(size) / ZOOM_MAX), side, widest(size));
  const half = kept / 2;
  return {
    x: between(half, x, size.width - half),
    y: between(half, y, size.height - half),
    side: kept,
  };
};

/** The largest square in the middle. */
export const wholeFrame = (size: PictureSize): CropFrame => ({
  x: size.width / 2,
  y: size.height / 2,
  side: widest(size),
});

/** `by`: how far, as a part of the frame's side. */
export const moved = (
  frame: CropFrame,
  by: { readonly x: number; readonly y: number },
  size: PictureSize,
): CropFrame => inside({ ...frame, x: frame.x + by.x * frame.side, y: frame.y + by.y * frame.side }, size);

/** How much the picture is enlarged, from 1 to `ZOOM_MAX`. */
export const zoomOf = ({ side }: CropFrame, size: PictureSize): number => widest(size) / side;

/** Enlarges the picture to `zoom`. The point `at` stays where it is, given as a part of the frame's side from its middle. */
export const zoomedTo = (
  frame: CropFrame,
  zoom: number,
  size: PictureSize,
  at: { readonly x: number; readonly y: number } = { x: 0, y: 0 },
): CropFrame => {
  const side = widest(size) / between(1, zoom, ZOOM_MAX);
  const gone = frame.side - side;
  return inside({ x: frame.x + at.x * gone, y: frame.y + at.y * gone, side }, size);
};
