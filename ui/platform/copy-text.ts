const deepFocus = (): Element | null => {
  let at = document.activeElement;
  for (let inner = at?.shadowRoot?.activeElement; inner; inner = at.shadowRoot?.activeElement) at = inner;
  return at;
};

/** On plain http there is no `navigator.clipboard`. Copying the selection of a field works there too. */
const copySelected = (text: string): boolean => {
  const before = deepFocus();
  const field = document.createElement('textarea');
  field.value = text;
  // A read-only field does not open the on-screen keyboard.
  field.readOnly = true;
  field.ariaHidden = 'true';
  field.style.cssText = 'position:fixed;inset-block-start:0;opacity:0;font-size:1rem';
  document.body.append(field);
  try {
    field.focus({ preventScroll: true });
    field.setSelectionRange(0, text.length);
    // Deprecated, but the only way without a secure context.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    field.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  }
};

/** Puts a text on the clipboard. Returns false if neither way is allowed. Must be called from a click or a key press. */
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
