/** Keeps what one reads in its place while rows come and go around it, in browsers with and without scroll
 *  anchoring. For a `column-reverse` scroller: scrollTop is 0 at the end and negative above it. */
export class ScrollKeeper {
  #anchor: { readonly id: string; readonly top: number } | null = null;
  #atEnd = true;
  #frame = 0;

  /** Pixels within which one counts as standing at the end. */
  static readonly #NEAR = 32;

  /** The id of the row that is kept in its place. */
  get anchor(): string | null {
    return this.#anchor?.id ?? null;
  }

  isAtEnd(scroller: Element): boolean {
    return scroller.scrollTop > -ScrollKeeper.#NEAR;
  }

  /** Before the rows change. `rows` in order, each with a `data-id`. */
  remember(scroller: Element, rows: readonly HTMLElement[]): void {
    this.#atEnd = this.isAtEnd(scroller);
    const top = scroller.getBoundingClientRect().top;
    // Not the first: its day and name go when older messages come above it, and what was below them would move.
    const row = rows.find((each, at) => at > 0 && each.getBoundingClientRect().bottom > top) ?? rows[0];
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

  /** Somebody goes elsewhere. */
  forget(): void {
    cancelAnimationFrame(this.#frame);
    this.#anchor = null;
    this.#atEnd = true;
  }

  /** Shows a place. More rows, or a font, may still come, so it goes there until it stays there. */
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
