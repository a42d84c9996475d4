/** How an event relates to what this client holds [P4]. `next`: apply it. `known`: already held (the answer to a
 *  retry). `gap`: events before it are missing. */
export type EventPosition = 'next' | 'known' | 'gap';

/** Between `welcome` and `sync`, receipts may be left out, so a jump there is no gap. */
export const positionOf = (held: number | null, cursor: number, replaying: boolean): EventPosition => {
  if (held === null) return 'next';
  if (cursor <= held) return 'known';
  return replaying || cursor === held + 1 ? 'next' : 'gap';
};
