/** Keeps what one reads in its place while rows come and go around it, in browsers with and without scroll
 *  anchoring. For a `column-reverse` scroller: scrollTop is 0 at the end and negative above it. */
export class ScrollKeeper {
  #anchor: { readonly id: string; readonly top: number } | null = null;
  #atEnd = true;

  /** Pixels within which one counts as standing at the end. */
  static readonly #NEAR = 32;

  isAtEnd(scroller: Element): boolean {
    return scroller.scrollTop > -ScrollKeeper.#NEAR;
  }

  /** Before the rows change. `rows` in order, each with a `data-id`. */
  remember(scroller: Element, rows: readonly HTMLElement[]): void {
    this.#atEnd = this.isAtEnd(scroller);
    const top = scroller.getBoundingClientRect().top;
    const row = rows.find((each) => each.getBoundingClientRect().bottom > top);
    const id = row?.dataset['id'];
    this.#anchor =
      row === undefined || id === undefined ? null : { id, top: row.getBoundingClientRect().top };
  }

  /** After they changed. `stick`: whoever stood at the end goes on standing there. */
  restore(scroller: Element, rows: readonly HTMLElement[], stick: boolean): void {
    if (stick && this.#atEnd) {
      scroller.scrollTop = 0;
      return;
    }
    const { id, top } = this.#anchor ?? {};
    const row = rows.find((each) => each.dataset['id'] === id);
    if (row === undefined || top === undefined) return;
    const moved = row.getBoundingClientRect().top - top;
    if (Math.abs(moved) >= 1) scroller.scrollTop += moved;
  }

  forget(): void {
    this.#anchor = null;
    this.#atEnd = true;
  }
}

/** Shows a place. Rows that were never on screen have estimated heights until they are, so it goes there until it
 *  stays there. */
export const goTo = (place: Element, block: 'start' | 'center', times = 3): void => {
  if (!place.isConnected) return;
  place.scrollIntoView({ block });
  if (times === 0) return;
  requestAnimationFrame(() => {
    goTo(place, block, times - 1);
  });
};
