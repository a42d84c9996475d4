/** Rows as columns for people. The last column is not padded. */
export const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => (row[at] ?? '').length)));
  return [heads, ...rows]
    .map((row) =>
      row
        .map((cell, at) => (at === heads.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/** A time without its milliseconds; `-` for none. */
export const timeText = (time: string | null): string =>
  time === null ? '-' : time.replace('T', ' ').replace(/\.\d+Z$/, 'Z');
