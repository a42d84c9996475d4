import type { Page } from 'playwright-core';

/** What a thumb needs, in CSS pixels. */
const LEAST_PX = 44;

/** What may be smaller, and why. */
const EXCEPTIONS = [
  // Within a sentence.
  '.text a',
  // The menu, which a long press opens, has the same entry.
  '.meta',
  // Nine in a row of 360 pixels. They are as high as a thumb needs, and scrolling leads to the same places.
  '.kinds button',
  // Its row is a label around it.
  'label input',
].join(', ');

/** What can be tapped on the screen and is smaller than a thumb needs, a line each. What a target adds around itself without showing it
 *  counts; what is covered or not on the screen does not. */
export const smallTargets = (page: Page): Promise<readonly string[]> =>
  page.evaluate(
    ({ exceptions, least }) => {
      const TARGETS =
        'button, a[href], input:not([type=hidden]), textarea, select, summary, label:has(input), [role=option], [role=menuitem], [tabindex="0"][role]';
      const hitAt = (x: number, y: number): Element | null => {
        let at: Element | null = document.elementFromPoint(x, y);
        for (let inner = at?.shadowRoot?.elementFromPoint(x, y) ?? null; inner !== null && inner !== at;) {
          at = inner;
          inner = at.shadowRoot?.elementFromPoint(x, y) ?? null;
        }
        return at;
      };
      /** Whether a tap there reaches the target. */
      const reaches = (target: Element, x: number, y: number): boolean => {
        const hit = hitAt(x, y);
        return hit !== null && (hit === target || target.contains(hit));
      };
      const found: string[] = [];
      const measure = (target: Element): void => {
        if (!target.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return;
        if (target.matches(exceptions) || target.closest('.visually-hidden') !== null) return;
        const { left, top, width, height } = target.getBoundingClientRect();
        const [x, y] = [left + width / 2, top + height / 2];
        if (width < 2 || !reaches(target, x, y)) return;
        /** How far a tap may be from the middle, that way, and still reach it. */
        const reach = (right: number, down: number): number => {
          let far = 0;
          while (far < least && reaches(target, x + right * (far + 1), y + down * (far + 1))) far += 1;
          return far;
        };
        const isWide = width >= least || reach(-1, 0) + 1 + reach(1, 0) >= least;
        const isHigh = height >= least || reach(0, -1) + 1 + reach(0, 1) >= least;
        // What the window cuts off is reached by scrolling.
        const isWhole = top >= 0 && top + height <= innerHeight && left >= 0 && left + width <= innerWidth;
        if ((isWide && isHigh) || !isWhole) return;
        const host = (target.getRootNode() as Partial<ShadowRoot>).host?.tagName.toLowerCase() ?? 'page';
        const name = target.ariaLabel ?? target.textContent.trim().slice(0, 30);
        found.push(
          `${host} ${target.tagName.toLowerCase()}.${target.className} “${name}”: ${width.toFixed()} × ${height.toFixed()}`,
        );
      };
      const walk = (root: ParentNode): void => {
        for (const element of root.querySelectorAll('*')) {
          if (element.shadowRoot !== null) walk(element.shadowRoot);
          if (element.matches(TARGETS)) measure(element);
        }
      };
      walk(document);
      return [...new Set(found)];
    },
    { exceptions: EXCEPTIONS, least: LEAST_PX },
  );
