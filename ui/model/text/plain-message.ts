import { format, mayBeFormatted, plainOf, type FormattedPart, type Stretch16 } from './formatting.ts';
import { pieces } from './links.ts';

/** The addresses of a text. Underscores and asterisks in them are no marks. */
const addressesIn = (text: string): readonly Stretch16[] => {
  const found: Stretch16[] = [];
  let at = 0;
  for (const { text: piece, href } of pieces(text)) {
    if (href !== null) found.push([at, at + piece.length]);
    at += piece.length;
  }
  return found;
};

/** The parts of a message. */
export const messageParts = (text: string): readonly FormattedPart[] => format(text, addressesIn(text));

/** A message without the marks of its formatting, for places that show it in one line. */
export const plainMessage = (text: string): string =>
  mayBeFormatted(text) ? plainOf(messageParts(text)) : text;

type Highlights = readonly (readonly [number, number])[];

/** The same for a message with highlights, which are ranges of code points `[start, end)` [F5]: they stay where they are. One that
 *  covers nothing but marks is left out. */
export const plainHit = (text: string, highlights: Highlights): { text: string; highlights: Highlights } => {
  if (!mayBeFormatted(text)) return { text, highlights };
  const parts = messageParts(text);
  /** Code point of the text → code points that are shown before it. */
  const shownBefore: number[] = [];
  let shown = 0;
  const walk = (part: FormattedPart): void => {
    if ('parts' in part) part.parts.forEach(walk);
    else
      for (const _point of part.text) {
        shownBefore.push(shown);
        if (part.kind !== 'mark') shown += 1;
      }
  };
  parts.forEach(walk);
  const moved = (at: number): number => shownBefore[at] ?? shown;
  return {
    text: plainOf(parts),
    highlights: highlights
      .map(([start, end]) => [moved(start), moved(end)] as const)
      .filter(([start, end]) => end > start),
  };
};
