/** A finger that moves less is tapping. */
const FAR_PX = 48;

/** Tells of a single finger that moves sideways across an element. `to`: the edge of the screen that it moves to. */
export class SwipeSideways {
  #from: { readonly x: number; readonly y: number } | null = null;

  constructor(element: HTMLElement, swiped: (to: 'start' | 'end') => void) {
    element.addEventListener(
      'touchstart',
      ({ touches }) => {
        const [touch] = touches;
        // Two fingers enlarge the page.
        this.#from =
          touches.length === 1 && touch !== undefined ? { x: touch.clientX, y: touch.clientY } : null;
      },
      { passive: true },
    );
    element.addEventListener('touchend', ({ changedTouches }) => {
      const [touch] = changedTouches;
      if (this.#from === null || touch === undefined || (visualViewport?.scale ?? 1) > 1.05) return;
      const [x, y] = [touch.clientX - this.#from.x, touch.clientY - this.#from.y];
      this.#from = null;
      if (Math.abs(x) < FAR_PX || Math.abs(x) < 2 * Math.abs(y)) return;
      const isRightToLeft = element.matches(':dir(rtl)');
      swiped(x < 0 === isRightToLeft ? 'end' : 'start');
    });
  }
}
