/** Puts a text in the place of the selection, as if it had been typed: undo takes it back, and the field tells of it. */
export const insertText = (field: HTMLTextAreaElement, text: string): void => {
  field.focus();
  // Deprecated, but the only way that undo knows of. It tells whether it has done anything.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  if (document.execCommand('insertText', false, text)) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
  field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
};
