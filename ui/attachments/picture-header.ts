/** What the first bytes of a picture say of it. */
export interface PictureHeader {
  readonly type: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif';
  /** In pixels. */
  readonly width: number;
  readonly height: number;
}

/** So many bytes hold the size of any picture that a camera or a program writes. */
export const HEADER_BYTES = 1024 * 1024;
/** A browser needs four bytes for each pixel, however small the file is. More than the largest cameras of telephones make. */
const PIXELS_MAX = 120_000_000;
const SIDE_MAX = 30_000;

/** Whether a picture can be shown without taking the memory of the device. */
export const isShowable = ({ width, height }: PictureHeader): boolean =>
  width > 0 && height > 0 && width <= SIDE_MAX && height <= SIDE_MAX && width * height <= PIXELS_MAX;

const letters = (view: DataView, at: number, count: number): string =>
  at + count > view.byteLength
    ? ''
    : String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, count));

const png = (view: DataView): PictureHeader | null =>
  letters(view, 0, 8) === '\x89PNG\r\n\x1a\n' && letters(view, 12, 4) === 'IHDR' && view.byteLength >= 24
    ? { type: 'image/png', width: view.getUint32(16), height: view.getUint32(20) }
    : null;

const gif = (view: DataView): PictureHeader | null =>
  /^GIF8[79]a$/.test(letters(view, 0, 6)) && view.byteLength >= 10
    ? { type: 'image/gif', width: view.getUint16(6, true), height: view.getUint16(8, true) }
    : null;

const uint24 = (view: DataView, at: number): number =>
  view.getUint16(at, true) + 65_536 * view.getUint8(at + 2);

const webp = (view: DataView): PictureHeader | null => {
  if (letters(view, 0, 4) !== 'RIFF' || letters(view, 8, 4) !== 'WEBP' || view.byteLength < 30) return null;
  const type = 'image/webp';
  switch (letters(view, 12, 4)) {
    case 'VP8 ':
      return { type, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return { type, width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
    }
    case 'VP8X':
      return { type, width: 1 + uint24(view, 24), height: 1 + uint24(view, 27) };
    default:
      return null;
  }
};

/** A frame header. C4, C8 and CC in the same range are tables. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

const jpeg = (view: DataView): PictureHeader | null => {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xff_d8) return null;
  for (let at = 2; at + 9 <= view.byteLength;) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (isFrame(marker))
      return { type: 'image/jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    // Any number of them may stand before a marker.
    if (marker === 0xff) at += 1;
    // The picture data would come before its size.
    else if (marker === 0xda || marker === 0xd9) return null;
    else at += 2 + view.getUint16(at + 2);
  }
  return null;
};

/** Reads the header of a picture of one of the four kinds. Null for everything else, whatever it is called. */
export const pictureHeader = (bytes: ArrayBuffer): PictureHeader | null => {
  const view = new DataView(bytes);
  return png(view) ?? jpeg(view) ?? webp(view) ?? gif(view);
};
