import { PAGE_MAX } from '../../protocol/limits.ts';

interface Page {
  readonly before?: number;
  readonly after?: number;
  readonly around?: number;
  readonly limit: number;
}

/** The seqs of a page among `first`..`last`. `has_more`: in the direction of the page; with `around` in either. */
export const messageRange = (
  first: number,
  last: number,
  page: Page,
): { from: number; to: number; has_more: boolean } => {
  const limit = Math.min(page.limit, PAGE_MAX);
  const highest = Math.min(last, (page.before ?? last + 1) - 1);
  if (page.around !== undefined) {
    const half = Math.floor(limit / 2);
    const middle = Math.min(Math.max(page.around, first), Math.max(first, highest));
    const to = Math.min(highest, Math.max(middle - half, first) + limit - 1);
    const from = Math.max(first, to - limit + 1);
    return { from, to, has_more: from > first || to < highest };
  }
  if (page.after !== undefined) {
    const from = Math.max(first, page.after + 1);
    const to = Math.min(highest, from + limit - 1);
    return { from, to, has_more: to < highest };
  }
  const from = Math.max(first, highest - limit + 1);
  return { from, to: highest, has_more: from > first };
};
