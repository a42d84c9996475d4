/** Where a numbered event stands to what this client holds (SPEC P4).
 *  `next`: apply it. `known`: already held (the answer to a retry). `gap`: events before it are missing. */
export type Place = 'next' | 'known' | 'gap';

/** Between `welcome` and `sync` receipts may be left out, so there a jump is no gap. */
export const placeOf = (held: number | null, cursor: number, replaying: boolean): Place => {
  if (held === null) return 'next';
  if (cursor <= held) return 'known';
  return replaying || cursor === held + 1 ? 'next' : 'gap';
};
