/** Keeps the visible rows in their place while rows around them are added and removed, in browsers with and without scroll
 *  anchoring. For a `column-reverse` scroller: scrollTop is 0 at the end and negative above it. */
export class ScrollKeeper {
  #anchor: { readonly id: string; readonly top: number } | null = null;
  #atEnd = true;
  #frame = 0;

  /** Within this many pixels of the end, the list counts as being at its end. */
  static readonly #NEAR = 32;

  /** The id of the row whose position is kept. */
  get anchor(): string | null {
    return this.#anchor?.id ?? null;
  }

  isAtEnd(scroller: Element): boolean {
    return scroller.scrollTop > -ScrollKeeper.#NEAR;
  }

  /** To be called before the rows change. `rows`: in order, each with a `data-id`. */
  remember(scroller: Element, rows: readonly HTMLElement[]): void {
    this.#atEnd = this.isAtEnd(scroller);
    const top = scroller.getBoundingClientRect().top;
    // Not the first row: when older messages come above it, its day heading and name disappear, and what is below
    // them would move.
    const row = rows.find((each, at) => at > 0 && each.getBoundingClientRect().bottom > top) ?? rows[0];
    const id = row?.dataset['id'];
    this.#anchor =
      row === undefined || id === undefined ? null : { id, top: row.getBoundingClientRect().top };
  }

  /** To be called after the rows changed. `stick`: a list that was at its end stays at its end. */
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

  /** The list goes to another position. */
  forget(): void {
    cancelAnimationFrame(this.#frame);
    this.#anchor = null;
    this.#atEnd = true;
  }

  /** Scrolls to an element. Repeats for a few frames, because rows or a font may still load and move it. */
  goTo(place: Element, block: 'start' | 'center', times = 3): void {
    cancelAnimationFrame(this.#frame);
    if (!place.isConnected) return;
    place.scrollIntoView({ block });
    if (times === 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.goTo(place, block, times - 1);
    });
  }
}
