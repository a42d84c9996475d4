/** Rows of a chunk as bytes: differences as varints while they are shorter than the bitmap, else the bitmap. */

export const CHUNK_ROWS = 4_096;
const BITMAP_BYTES = CHUNK_ROWS / 8;

export const chunkOf = (row: number): number => Math.floor(row / CHUNK_ROWS);
export const firstRowOf = (chunk: number): number => chunk * CHUNK_ROWS;

type Offsets = readonly number[] | Uint16Array;

/** `offsets` ascending, each once, 0..4095. */
export const encodeRows = (offsets: Offsets): Buffer => {
  // Each takes a byte at least.
  if (offsets.length >= BITMAP_BYTES) return bitmapOf(offsets);
  const bytes = Buffer.allocUnsafe(BITMAP_BYTES + 1);
  let used = 0;
  let previous = -1;
  for (const offset of offsets) {
    const step = offset - previous - 1;
    if (step >= 128) {
      bytes[used] = (step & 127) | 128;
      used += 1;
      bytes[used] = step >> 7;
    } else bytes[used] = step;
    used += 1;
    previous = offset;
    if (used >= BITMAP_BYTES) return bitmapOf(offsets);
  }
  return bytes.subarray(0, used);
};

const bitmapOf = (offsets: Offsets): Buffer => {
  const bitmap = Buffer.alloc(BITMAP_BYTES);
  for (const offset of offsets) bitmap[offset >> 3] = (bitmap[offset >> 3] ?? 0) | (1 << (offset & 7));
  return bitmap;
};

/** Sets the bits of `rows` in `into`, which is cleared first. */
export const decodeRows = (rows: Uint8Array, into: Uint8Array): void => {
  if (rows.length === BITMAP_BYTES) {
    into.set(rows);
    return;
  }
  into.fill(0);
  let offset = -1;
  for (let at = 0; at < rows.length; at += 1) {
    const low = rows[at] ?? 0;
    let step = low;
    if (low >= 128) {
      at += 1;
      step = (low & 127) | ((rows[at] ?? 0) << 7);
    }
    offset += step + 1;
    into[offset >> 3] = (into[offset >> 3] ?? 0) | (1 << (offset & 7));
  }
};

/** `into` ∩= `other`; says whether anything is left. */
export const intersect = (into: Uint8Array, other: Uint8Array): boolean => {
  let left = 0;
  for (let at = 0; at < BITMAP_BYTES; at += 1) {
    const both = (into[at] ?? 0) & (other[at] ?? 0);
    into[at] = both;
    left |= both;
  }
  return left !== 0;
};

export const newBitmap = (): Uint8Array => new Uint8Array(BITMAP_BYTES);

/** Offsets of the set bits below `ceiling`, highest first. */
export function* descending(bitmap: Uint8Array, ceiling: number): Generator<number, void, void> {
  for (let at = BITMAP_BYTES - 1; at >= 0; at -= 1) {
    const byte = bitmap[at] ?? 0;
    if (byte === 0) continue;
    for (let bit = 7; bit >= 0; bit -= 1) {
      const offset = at * 8 + bit;
      if ((byte & (1 << bit)) !== 0 && offset < ceiling) yield offset;
    }
  }
}
