/** Only here does Chromium report a selection inside a shadow root. */
interface SelectingRoot {
  getSelection?: () => Selection | null;
}

/** Whether text is selected within an element of a shadow root. */
export const hasSelection = (root: ParentNode & SelectingRoot, within: Element): boolean => {
  const selection = root.getSelection?.() ?? document.getSelection();
  if (selection?.type !== 'Range') return false;
  return [selection.anchorNode, selection.focusNode].some((node) => {
    for (
      let at = node;
      at !== null;
      at = at.getRootNode() instanceof ShadowRoot ? (at.getRootNode() as ShadowRoot).host : null
    )
      if (within.contains(at)) return true;
    return false;
  });
};
