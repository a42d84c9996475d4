export interface WindowActions {
  readonly quit: () => void;
  /** One step larger or smaller; 0: back to normal. */
  readonly zoom: (step: 1 | -1 | 0) => void;
}

const ZOOM: Readonly<Record<string, 1 | -1 | 0>> = { '+': 1, '=': 1, '-': -1, '0': 0 };

/** What the keys of a window ask for; `stay` keeps the engine from loading the page anew. Null: nothing of the window's. */
export const windowKey = (
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
  mac: boolean,
): 'quit' | 'stay' | 1 | -1 | 0 | null => {
  const key = event.key.toLowerCase();
  if (key === 'f5' || key === 'browserrefresh') return 'stay';
  if (event.altKey || !(mac ? event.metaKey : event.ctrlKey)) return null;
  if (key === 'r') return 'stay';
  // With Shift it is something else in most programs.
  if (key === 'q' && !event.shiftKey) return 'quit';
  return ZOOM[key] ?? null;
};

export const listenToKeys = (page: Document, mac: boolean, { quit, zoom }: WindowActions): void => {
  page.addEventListener(
    'keydown',
    (event) => {
      const asked = windowKey(event, mac);
      if (asked === null) return;
      event.preventDefault();
      event.stopPropagation();
      if (asked === 'quit') quit();
      else if (asked !== 'stay') zoom(asked);
    },
    { capture: true },
  );
};
