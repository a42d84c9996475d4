const deepFocus = (): Element | null => {
  let at = document.activeElement;
  for (let inner = at?.shadowRoot?.activeElement; inner; inner = at.shadowRoot?.activeElement) at = inner;
  return at;
};

/** On plain http there is no `navigator.clipboard`; copying what is selected in a field works there too. */
const copySelected = (text: string): boolean => {
  const before = deepFocus();
  const field = document.createElement('textarea');
  field.value = text;
  // A field one cannot write in opens no keyboard.
  field.readOnly = true;
  field.ariaHidden = 'true';
  field.style.cssText = 'position:fixed;inset-block-start:0;opacity:0;font-size:1rem';
  document.body.append(field);
  try {
    field.focus({ preventScroll: true });
    field.setSelectionRange(0, text.length);
    // The only way without a secure context; deprecated, and there to stay.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    field.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  }
};

/** Puts a text into the clipboard; false when neither way is allowed. Must be called from a click or a key. */
export const copyText = async (text: string): Promise<boolean> => {
  try {
    const { clipboard } = navigator as Partial<Navigator>;
    if (clipboard === undefined) return copySelected(text);
    await clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
};
