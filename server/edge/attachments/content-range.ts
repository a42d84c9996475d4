/** A part of a file, which reaches to its end. */
export interface SentPart {
  readonly from: number;
  /** Of the whole file. */
  readonly size: number;
}

const RANGE = /^bytes[ \t]+(?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15})$/i;

/** What `Content-Range` says of a body of `length` bytes (RFC 9110); with `*` that none is missing. Null for what it does not fit, and for a
 *  part that does not reach to the end [G9]. */
export const contentRangeOf = (header: string, length: number): SentPart | null => {
  const [, first, last, of = ''] = RANGE.exec(header.trim()) ?? [];
  if (of === '') return null;
  const size = Number(of);
  if (first === undefined) return length === 0 ? { from: size, size } : null;
  const from = Number(first);
  return Number(last) === size - 1 && length > 0 && size - from === length ? { from, size } : null;
};
