const ONE_PANE = '(max-width: 720px)';

/** One pane at a time; the same width as in the styles. */
export const narrow = (): boolean => matchMedia(ONE_PANE).matches;
/** Runs `changed` when the window becomes narrow or wide, until `signal`. */
export const onNarrow = (changed: () => void, signal: AbortSignal): void => {
  matchMedia(ONE_PANE).addEventListener('change', changed, { signal });
};
