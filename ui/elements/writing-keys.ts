/** What of a key press decides; a plain object in tests. */
export interface Press {
  readonly key: string;
  readonly isComposing: boolean;
  readonly keyCode: number;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** Whether a key belongs to an input method: its Enter takes a candidate, its arrows choose one. WebKit ends the
 *  composition before the Enter that ended it arrives; the code 229 is then the only sign of it. */
export const isComposing = (press: Pick<Press, 'isComposing' | 'keyCode'>): boolean =>
  press.isComposing || press.keyCode === 229;

/** What a key does in the field one writes in; null where the field itself knows best. `enterSends`: without Ctrl or ⌘ too. */
export const writingAct = (press: Press, empty: boolean, enterSends: boolean): 'send' | 'messages' | null => {
  if (isComposing(press)) return null;
  if (press.key === 'Enter' && !press.shiftKey && !press.altKey)
    return enterSends || press.ctrlKey || press.metaKey ? 'send' : null;
  return press.key === 'ArrowUp' && empty ? 'messages' : null;
};

/** Whether a key, pressed where nothing is written, begins a text: a character, a dead key, an input method, a paste. Not the
 *  space bar, which presses buttons and scrolls. */
export const startsWriting = (
  press: Press & { readonly getModifierState: (key: string) => boolean },
  isMac: boolean,
): boolean => {
  const { key, ctrlKey, altKey, metaKey } = press;
  if ((isMac ? metaKey : ctrlKey) && !altKey) return key.toLowerCase() === 'v';
  // Characters of the third level: AltGr is told as Ctrl and Alt by some systems.
  const third = press.getModifierState('AltGraph') || (isMac && altKey && !ctrlKey && !metaKey);
  if ((ctrlKey || altKey || metaKey) && !third) return false;
  return isComposing(press) || key === 'Dead' || key === 'Process' || (key !== ' ' && [...key].length === 1);
};
