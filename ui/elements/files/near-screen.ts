interface Watch {
  readonly observer: IntersectionObserver;
  readonly watched: Map<Element, (isNear: boolean) => void>;
}

/** One for each scrolled area. */
const watches = new WeakMap<Element, Watch>();
/** How far below or above the visible part something still counts as near. */
const AROUND = '800px 0px';

const watchOf = (scroller: Element): Watch => {
  const held = watches.get(scroller);
  if (held !== undefined) return held;
  const watched: Watch['watched'] = new Map();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) watched.get(target)?.(isIntersecting);
    },
    { root: scroller, rootMargin: AROUND },
  );
  const watch = { observer, watched };
  watches.set(scroller, watch);
  return watch;
};

/** The scrolled area around an element, across shadow roots. */
const scrollerAround = (element: Element): Element | null => {
  for (let at: Element | null = element; at !== null;) {
    const found = at.closest('.scroller');
    if (found !== null) return found;
    const root: Node = at.getRootNode();
    at = root instanceof ShadowRoot ? root.host : null;
  }
  return null;
};

/** Says whether an element is near the visible part of what it is scrolled in, now and whenever that changes, until `signal` aborts. */
export const watchNear = (
  element: Element,
  changed: (isNear: boolean) => void,
  signal: AbortSignal,
): void => {
  const scroller = scrollerAround(element);
  if (scroller === null) {
    changed(true);
    return;
  }
  const { observer, watched } = watchOf(scroller);
  watched.set(element, changed);
  observer.observe(element);
  signal.addEventListener(
    'abort',
    () => {
      watched.delete(element);
      observer.unobserve(element);
    },
    { once: true },
  );
};
