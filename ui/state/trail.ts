import { hashOf, parseRoute, type Route } from './route.ts';

/** Panels that the back button closes. `search` and `people` take the place of the list; the other two are dialogs. */
export type Panel = 'search' | 'people' | 'switcher' | 'keys';

/** What lies above one another, the list first: the hash of a screen, the name of a panel, or `LAYER`. Every entry of the
 *  browser's history holds one, so that any of them can be shown again, after a reload too. */
export type Trail = readonly string[];

/** A menu or a viewer: only the element that opened it can show it again. */
export const LAYER = 'layer';
const HOME = hashOf({ name: 'home' });
/** The browser keeps no more entries than 50 either. */
const LONGEST = 40;

const isScreen = (entry: string): boolean => entry.startsWith('#');
const isSide = (entry: string | undefined): entry is Panel => entry === 'search' || entry === 'people';
const isPanel = (entry: string): entry is Panel => isSide(entry) || entry === 'switcher' || entry === 'keys';
const isChat = (entry: string): boolean => parseRoute(entry).name === 'chat';

/** The screen on top and what lies below it. */
const toScreen = (trail: Trail): Trail => trail.slice(0, trail.findLastIndex(isScreen) + 1);
const toHome = (trail: Trail): Trail => trail.slice(0, trail.lastIndexOf(HOME) + 1);
const orHome = (trail: Trail): Trail => (trail.length === 0 ? [HOME] : trail);

export const topScreen = (trail: Trail): string => trail.findLast(isScreen) ?? HOME;

/** The panel to show, and whether it covers the screen where there is room for one of them only. */
export const panelIn = (trail: Trail): { readonly panel: Panel | null; readonly onTop: boolean } => {
  const screen = trail.findLastIndex(isScreen);
  const above = trail.slice(screen + 1).findLast(isPanel);
  if (above !== undefined) return { panel: above, onTop: true };
  const below = trail.slice(trail.lastIndexOf(HOME) + 1, Math.max(0, screen)).findLast(isSide);
  return { panel: below ?? null, onTop: false };
};

/** Whether a panel hides the screen where there is room for one of them only. */
export const isCovered = (trail: Trail): boolean => {
  const { panel, onTop } = panelIn(trail);
  return onTop && isSide(panel ?? undefined);
};

/** After going to a screen. On a wide window one conversation follows the other, and back returns to the former; on a narrow
 *  one the list, or the results of a search, is what lies below. */
export const goingTo = (trail: Trail, route: Route, narrow: boolean): Trail => {
  const hash = hashOf(route);
  const { panel, onTop } = panelIn(trail);
  const searching = onTop && panel === 'search';
  if (narrow) {
    if (searching && isChat(hash)) return [...trail.slice(0, trail.lastIndexOf('search') + 1), hash];
    return hash === HOME ? orHome(toHome(trail)) : [...orHome(toHome(trail)), hash];
  }
  const above = searching ? ['search'] : [];
  if (hash === topScreen(trail)) return [...toScreen(trail), ...above];
  if (hash === HOME) return [...orHome(toHome(trail)), ...above];
  const base = toScreen(trail);
  // One goes from the settings elsewhere, and not back into them.
  const below = base.at(-1) === hashOf({ name: 'settings' }) ? base.slice(0, -1) : base;
  return [...below, hash, ...above];
};

/** After the arrow of a screen: from a conversation to what is not one, from the settings to where they were opened. */
export const leaving = (trail: Trail): Trail => {
  const base = toScreen(trail);
  if (!isChat(topScreen(trail))) return orHome(base.slice(0, -1));
  return orHome(base.slice(0, base.findLastIndex((entry) => !isChat(entry)) + 1));
};

/** The conversation on top is another one now. */
export const replacing = (trail: Trail, route: Route): Trail =>
  trail.with(trail.findLastIndex(isScreen), hashOf(route));

/** After opening a panel: one at a time. `over`: above the conversation, where a narrow window opens it above the list else. */
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

/** Menus and viewers on top. */
export const layersIn = (trail: Trail): number =>
  trail.slice(trail.findLastIndex(isScreen) + 1).filter((entry) => entry === LAYER).length;

/** What can be shown of an entry when nothing is open: after a reload, and where one comes forward to a menu. */
export const withoutLayers = (trail: Trail): Trail => {
  const end = trail.findLastIndex((entry) => entry !== LAYER);
  return trail.slice(0, end + 1);
};

export const screensOnly = (trail: Trail): Trail => orHome(toScreen(trail));

/** After somebody changed the address. One who is back at the entry below made no new one. */
export const adopting = (trail: Trail, route: Route): Trail => {
  const hash = hashOf(route);
  if (trail.at(-2) === hash) return trail.slice(0, -1);
  return trail.at(-1) === hash ? trail : [...trail, hash].slice(-LONGEST);
};

/** The trail an entry of the history holds; null when it holds none, or one for another address. */
export const trailOf = (state: unknown, hash: string): Trail | null => {
  const held: unknown = (state as { trail?: unknown } | null)?.trail;
  if (!Array.isArray(held) || !held.every((entry) => typeof entry === 'string')) return null;
  return topScreen(held) === hashOf(parseRoute(hash)) ? held : null;
};

/** How the history comes from one trail to another: entries to go back, whether the one arrived at is replaced, and what
 *  lies above it then. */
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
