import { hashOf, parseRoute, type ScreenRoute } from './route.ts';

/** Panels that the back button closes. Those of `SIDES` replace the list; the others are dialogs. */
const PANELS = ['search', 'people', 'archived', 'switcher', 'keys', 'person'] as const;
const SIDES: readonly (string | undefined)[] = ['search', 'people', 'archived'];
export type Panel = (typeof PANELS)[number];

/** What is open, from the list upwards: the hash of a screen, the name of a panel, or `LAYER`. Each entry of the
 *  browser's history stores a trail, so that it can be shown again, even after a reload. */
export type Trail = readonly string[];

/** A menu or a viewer. Only the element that opened it can show it again. */
export const LAYER = 'layer';
const HOME = hashOf({ name: 'home' });
/** Browsers keep at most 50 entries anyway. */
const LONGEST = 40;

const isScreen = (entry: string): boolean => entry.startsWith('#');
const isSide = (entry: string | undefined): entry is Panel => SIDES.includes(entry);
const isPanel = (entry: string): entry is Panel => PANELS.some((panel) => panel === entry);
const isChat = (entry: string): boolean => parseRoute(entry).name === 'conversation';

/** The trail up to and including its topmost screen. */
const toScreen = (trail: Trail): Trail => trail.slice(0, trail.findLastIndex(isScreen) + 1);
const toHome = (trail: Trail): Trail => trail.slice(0, trail.lastIndexOf(HOME) + 1);
const orHome = (trail: Trail): Trail => (trail.length === 0 ? [HOME] : trail);

export const topScreen = (trail: Trail): string => trail.findLast(isScreen) ?? HOME;

/** Returns the panel to show, and whether it covers the screen in a narrow window. */
export const panelIn = (trail: Trail): { readonly panel: Panel | null; readonly onTop: boolean } => {
  const screen = trail.findLastIndex(isScreen);
  const above = trail.slice(screen + 1).findLast(isPanel);
  if (above !== undefined) return { panel: above, onTop: true };
  const below = trail.slice(trail.lastIndexOf(HOME) + 1, Math.max(0, screen)).findLast(isSide);
  return { panel: below ?? null, onTop: false };
};

/** Whether a panel hides the screen in a narrow window. */
export const isCovered = (trail: Trail): boolean => {
  const { panel, onTop } = panelIn(trail);
  return onTop && isSide(panel ?? undefined);
};

/** The trail after going to a screen. In a wide window, conversations are stacked, and back returns to the previous
 *  one. In a narrow window, what lies below is the list, the search results, or the archived conversations. */
export const goingTo = (trail: Trail, route: ScreenRoute, narrow: boolean): Trail => {
  const hash = hashOf(route);
  const { panel, onTop } = panelIn(trail);
  const kept = onTop && (panel === 'search' || panel === 'archived') ? panel : null;
  if (narrow) {
    if (kept !== null && isChat(hash)) return [...trail.slice(0, trail.lastIndexOf(kept) + 1), hash];
    return hash === HOME ? orHome(toHome(trail)) : [...orHome(toHome(trail)), hash];
  }
  const above = kept === null ? [] : [kept];
  if (hash === topScreen(trail)) return [...toScreen(trail), ...above];
  if (hash === HOME) return [...orHome(toHome(trail)), ...above];
  const base = toScreen(trail);
  // Going elsewhere closes the settings, so that back does not return to them.
  const below = base.at(-1) === hashOf({ name: 'settings' }) ? base.slice(0, -1) : base;
  return [...below, hash, ...above];
};

/** The trail after going back from a screen: from a conversation to the nearest entry that is none, from the settings
 *  to where they were opened. */
export const leaving = (trail: Trail): Trail => {
  const base = toScreen(trail);
  if (!isChat(topScreen(trail))) return orHome(base.slice(0, -1));
  return orHome(base.slice(0, base.findLastIndex((entry) => !isChat(entry)) + 1));
};

/** The trail after the topmost screen was replaced. */
export const replacing = (trail: Trail, route: ScreenRoute): Trail =>
  trail.with(trail.findLastIndex(isScreen), hashOf(route));

/** The trail after opening a panel. Only one is open at a time. `over`: above the conversation, even in a narrow
 *  window, which otherwise shows it above the list. */
export const withPanel = (trail: Trail, panel: Panel, narrow: boolean, over: boolean): Trail =>
  narrow && isSide(panel) && !over ? [...orHome(toHome(trail)), panel] : [...toScreen(trail), panel];

export const withoutPanel = (trail: Trail): Trail => {
  const { panel } = panelIn(trail);
  return panel === null ? trail : trail.toSpliced(trail.lastIndexOf(panel), 1);
};

export const withLayer = (trail: Trail): Trail => [...trail, LAYER];
export const withoutLayer = (trail: Trail): Trail => {
  const at = trail.lastIndexOf(LAYER);
  return at < 0 ? trail : trail.toSpliced(at, 1);
};

/** The number of menus and viewers on top. */
export const layersIn = (trail: Trail): number =>
  trail.slice(trail.findLastIndex(isScreen) + 1).filter((entry) => entry === LAYER).length;

/** What can be shown of an entry whose layers are not open: after a reload, or after going forward to a menu. */
export const withoutLayers = (trail: Trail): Trail => {
  const end = trail.findLastIndex((entry) => entry !== LAYER);
  return trail.slice(0, end + 1);
};

export const screensOnly = (trail: Trail): Trail => orHome(toScreen(trail));

/** The trail after the user edited the address. If the new address is that of the entry below, no entry is added. */
export const adopting = (trail: Trail, route: ScreenRoute): Trail => {
  const hash = hashOf(route);
  if (trail.at(-2) === hash) return trail.slice(0, -1);
  return trail.at(-1) === hash ? trail : [...trail, hash].slice(-LONGEST);
};

/** Returns the trail in a history entry; null if there is none, or if it belongs to another address. */
export const trailOf = (state: unknown, hash: string): Trail | null => {
  const held: unknown = (state as { trail?: unknown } | null)?.trail;
  if (!Array.isArray(held) || !held.every((entry) => typeof entry === 'string')) return null;
  return topScreen(held) === hashOf(parseRoute(hash)) ? held : null;
};

/** How to get from one trail to another: the number of entries to go back, whether to replace the one that is
 *  reached, and its index. */
export const stepsBetween = (
  from: Trail,
  to: Trail,
): { readonly back: number; readonly replace: boolean; readonly at: number } => {
  const differs = from.findIndex((entry, at) => entry !== to[at]);
  const common = differs < 0 ? from.length : differs;
  const at = common === to.length ? common - 1 : Math.min(common, from.length - 1);
  return { back: from.length - 1 - at, replace: from[at] !== to[at], at };
};

export const shortened = (trail: Trail): Trail => trail.slice(-LONGEST);
