import type { Emitted } from './emit.ts';

const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.userAgent);
export const modifierName = (): string => (isMac() ? '⌘' : 'Ctrl');

const isWriting = (event: KeyboardEvent): boolean => {
  const [at] = event.composedPath();
  return at instanceof HTMLElement && (/^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) || at.isContentEditable);
};

/** The panel a key asks for, or null. */
export const panelFor = (event: KeyboardEvent): Emitted['open-panel']['panel'] | null => {
  const modified = (isMac() ? event.metaKey : event.ctrlKey) && !event.altKey;
  const key = event.key.toLowerCase();
  if (modified && event.shiftKey && key === 'k') return 'people';
  if (modified && event.shiftKey && key === 'f') return 'search';
  if (modified && !event.shiftKey && key === 'k') return 'switcher';
  if (modified && key === ',') return 'settings';
  // From the text field too, where a question mark is a question mark.
  if (modified && key === '/') return 'keys';
  if (event.key === '?' && !modified && !isWriting(event)) return 'keys';
  return null;
};
