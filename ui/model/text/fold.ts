const SHOWN_LINES = 25;
/** The number of characters in a line of the widest bubble, and of a bubble on a phone. */
const WIDE = 80;
export const NARROW = 40;

const isLongAt = (text: string, width: number): boolean => {
  let lines = 0;
  for (const line of text.split('\n')) lines += Math.max(1, Math.ceil(line.length / width));
  return lines > SHOWN_LINES;
};

/** Where a text is folded: everywhere, only in a narrow window, or nowhere. This is an estimate, so that nothing has
 *  to be measured. It is low enough that a folded text is always longer than the lines that stay visible (`.folded`
 *  in the styles). */
export const foldOf = (text: string): 'everywhere' | 'narrow' | null => {
  if (text.length <= SHOWN_LINES) return null;
  return isLongAt(text, WIDE) ? 'everywhere' : isLongAt(text, NARROW) ? 'narrow' : null;
};
