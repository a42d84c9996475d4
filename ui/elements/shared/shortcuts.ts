import { strings } from '../../strings/strings.ts';
import type { Emitted } from './emit.ts';
import { startsWriting } from './writing-keys.ts';

export const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.userAgent);
export const modifierName = (): string => (isMac() ? '⌘' : strings().ctrl);

const isWriting = (event: KeyboardEvent): boolean => {
  const [at] = event.composedPath();
  return at instanceof HTMLElement && (/^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) || at.isContentEditable);
};

/** Whether a key press starts a text while no text field has the focus. */
export const isTyped = (event: KeyboardEvent): boolean =>
  !event.defaultPrevented && startsWriting(event, isMac()) && !isWriting(event);

/** Whether that text is meant for the message field. */
export const isForComposer = (event: KeyboardEvent): boolean =>
  isTyped(event) &&
  !event
    .composedPath()
    .some((at) => at instanceof Element && at.matches('dialog, [role=menu], search-panel, new-conversation'));

/** Returns the panel that a key opens, or null. `canWrite`: a question mark goes into the message field instead. */
export const panelFor = (event: KeyboardEvent, canWrite: boolean): Emitted['open-panel']['panel'] | null => {
  const modified = (isMac() ? event.metaKey : event.ctrlKey) && !event.altKey;
  const key = event.key.toLowerCase();
  if (modified && event.shiftKey && key === 'k') return 'people';
  if (modified && event.shiftKey && key === 'f') return 'search';
  if (modified && !event.shiftKey && key === 'k') return 'switcher';
  if (modified && key === ',') return 'settings';
  // Also works in a text field, where "?" is an ordinary character.
  if (modified && key === '/') return 'keys';
  if (event.key === '?' && !modified && !canWrite && !isWriting(event)) return 'keys';
  return null;
};
