import { CONTENT_MAX_CODE_POINTS } from '../../protocol/limits.ts';

/** Code points at the end of a piece among which a better place to divide the text is looked for. */
const LOOK_BACK = 500;

/** A text as pieces that are short enough for messages. Together they are the text. A piece ends after white space if there is some near
 *  its end, so that no word is divided without need. */
export const splitText = (text: string): readonly string[] => {
  if (text.length <= CONTENT_MAX_CODE_POINTS) return [text];
  const points = Array.from(text);
  const pieces: string[] = [];
  for (let from = 0; from < points.length;) {
    const to = endOf(points, from);
    pieces.push(points.slice(from, to).join(''));
    from = to;
  }
  return pieces;
};

const endOf = (points: readonly string[], from: number): number => {
  const limit = from + CONTENT_MAX_CODE_POINTS;
  if (limit >= points.length) return points.length;
  for (const wanted of [/\n/, /\s/])
    for (let at = limit; at > limit - LOOK_BACK; at -= 1) if (wanted.test(points[at - 1] ?? '')) return at;
  return limit;
};
