/** The relevant properties of a key press; a plain object in tests. */
export interface Press {
  readonly key: string;
  readonly isComposing: boolean;
  readonly keyCode: number;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** Whether a key press belongs to an input method: Enter accepts a candidate, arrow keys choose one. WebKit ends the
 *  composition before it sends the Enter that ended it; only the key code 229 reveals that. */
export const isComposing = (press: Pick<Press, 'isComposing' | 'keyCode'>): boolean =>
  press.isComposing || press.keyCode === 229;

/** The action of a key in the message field; null leaves it to the field. `enterSends`: Enter sends without Ctrl or
 *  ⌘. */
export const writingAct = (press: Press, empty: boolean, enterSends: boolean): 'send' | 'messages' | null => {
  if (isComposing(press)) return null;
  if (press.key === 'Enter' && !press.shiftKey && !press.altKey)
    return enterSends || press.ctrlKey || press.metaKey ? 'send' : null;
  return press.key === 'ArrowUp' && empty ? 'messages' : null;
};

/** The mark with which a key press formats what is selected, or null: Ctrl+B and Ctrl+I, with ⌘ on a Mac. */
export const formattingMark = (press: Press, isMac: boolean): '*' | '_' | null => {
  const { key, ctrlKey, altKey, metaKey, shiftKey } = press;
  if (isComposing(press) || altKey || shiftKey || (isMac ? !metaKey || ctrlKey : !ctrlKey || metaKey))
    return null;
  return key.toLowerCase() === 'b' ? '*' : key.toLowerCase() === 'i' ? '_' : null;
};

/** Whether a key press outside a text field starts a text: a character, a dead key, an input method or a paste. The
 *  space bar does not count, because it presses buttons and scrolls. */
export const startsWriting = (
  press: Press & { readonly getModifierState: (key: string) => boolean },
  isMac: boolean,
): boolean => {
  const { key, ctrlKey, altKey, metaKey } = press;
  if ((isMac ? metaKey : ctrlKey) && !altKey) return key.toLowerCase() === 'v';
  // A third-level character: some systems report AltGr as Ctrl and Alt.
  const third = press.getModifierState('AltGraph') || (isMac && altKey && !ctrlKey && !metaKey);
  if ((ctrlKey || altKey || metaKey) && !third) return false;
  return isComposing(press) || key === 'Dead' || key === 'Process' || (key !== ' ' && [...key].length === 1);
};
