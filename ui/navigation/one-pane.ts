const ONE_PANE = '(max-width: 720px)';

/** Whether the window shows one pane at a time. The styles use the same width. */
export const narrow = (): boolean => matchMedia(ONE_PANE).matches;
/** Calls `changed` when the window becomes narrow or wide, until `signal` aborts. */
export const onNarrow = (changed: () => void, signal: AbortSignal): void => {
  matchMedia(ONE_PANE).addEventListener('change', changed, { signal });
};
