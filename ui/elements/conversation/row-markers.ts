/** Markers are removed only once this many have gathered, because looking for them costs time too. */
const SPARE = 100;

const isRow = (node: Node | null): boolean => node instanceof Element;

/** Lit's `repeat` puts a comment before and after each item, and leaves the one after it behind when it removes the
 *  item. A list whose rows come and go all day would collect thousands of them. A comment is still in use only if it
 *  is next to a row. */
export const dropMarkers = (list: Element, rows: number): void => {
  if (list.childNodes.length < 3 * rows + SPARE) return;
  for (const node of [...list.childNodes])
    if (
      node instanceof Comment &&
      node.data === '' &&
      !isRow(node.previousSibling) &&
      !isRow(node.nextSibling)
    )
      node.remove();
};
