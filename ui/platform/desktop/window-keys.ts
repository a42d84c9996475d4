export interface WindowActions {
  readonly quit: () => void;
  /** Zooms one step in or out; 0 returns to normal. */
  readonly zoom: (step: 1 | -1 | 0) => void;
}

const ZOOM: Readonly<Record<string, 1 | -1 | 0>> = { '+': 1, '=': 1, '-': -1, '0': 0 };

/** What a key of the window does; `stay` keeps the engine from reloading the page. Null if the key is none of the
 *  window's. */
export const windowKey = (
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
  mac: boolean,
): 'quit' | 'stay' | 1 | -1 | 0 | null => {
  const key = event.key.toLowerCase();
  if (key === 'f5' || key === 'browserrefresh') return 'stay';
  if (event.altKey || !(mac ? event.metaKey : event.ctrlKey)) return null;
  if (key === 'r') return 'stay';
  // In most programs Shift changes the meaning of this shortcut.
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
