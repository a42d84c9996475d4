/** What takes the place of the characters from `from` to `to`, and what is selected then. */
export interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly selected: readonly [from: number, to: number];
}

/** Marks what is selected, or takes the marks away where they stand already: around the selection, or at its ends. White space at the
 *  ends stays outside, since marks have to stand close to the words, and each line has marks of its own. */
export const markedSelection = (
  text: string,
  [start, end]: readonly [number, number],
  mark: '*' | '_',
): Replacement => {
  const chosen = text.slice(start, end);
  const from = start + (chosen.length - chosen.trimStart().length);
  const to = Math.max(from, start + chosen.trimEnd().length);
  const inner = text.slice(from, to);
  if (text.charAt(from - 1) === mark && text.charAt(to) === mark)
    return { from: from - 1, to: to + 1, text: inner, selected: [from - 1, to - 1] };
  const isMarked = (line: string): boolean => line.length > 2 && line.startsWith(mark) && line.endsWith(mark);
  const lines = inner.split('\n');
  const isWhole = inner !== '' && lines.every((line) => line.trim() === '' || isMarked(line.trim()));
  const changed = lines.map((line) => {
    const bare = line.trim();
    if (bare === '' && inner !== '') return line;
    return line.replace(bare, () =>
      isWhole ? bare.slice(1, -1) : isMarked(bare) ? bare : mark + bare + mark,
    );
  });
  const next = changed.join('\n');
  // A mark around one line stays outside of the selection, so that the same keys take it away.
  const isOne = lines.length === 1 && !isWhole && next !== inner;
  return {
    from,
    to,
    text: next,
    selected: isOne ? [from + 1, from + next.length - 1] : [from, from + next.length],
  };
};
