/** Bytes from `from` up to, and without, `to`. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

const ONE_RANGE = /^bytes=[ \t]*(\d{0,15})-(\d{0,15})[ \t]*$/i;

/** What of `size` bytes a `Range` asks for. `whole`: it asks for nothing in particular, or for several ranges, or for what nobody understands,
 *  which all count as if it were not there (RFC 9110). `outside`: none of it is there. */
export const byteRangeOf = (header: string, size: number): ByteRange | 'whole' | 'outside' => {
  const [, first = '', last = ''] = ONE_RANGE.exec(header) ?? [];
  if (first === '' && last === '') return 'whole';
  if (first === '') {
    const from = Math.max(0, size - Number(last));
    return from < size ? { from, to: size } : 'outside';
  }
  const from = Number(first);
  if (last !== '' && Number(last) < from) return 'whole';
  if (from >= size) return 'outside';
  return { from, to: last === '' ? size : Math.min(size, Number(last) + 1) };
};
