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

/** What a key does in the field one writes in; null where the field itself knows best. */
export const writingAct = (press: Press, empty: boolean): 'send' | 'messages' | null => {
  if (isComposing(press)) return null;
  const modified = press.shiftKey || press.ctrlKey || press.altKey || press.metaKey;
  if (press.key === 'Enter' && !modified) return 'send';
  return press.key === 'ArrowUp' && empty ? 'messages' : null;
};
