import type { Emitted } from './emit.ts';

type Panel = Emitted['open-panel']['panel'];

/** What is not on the first screen comes in files of its own. The elements take up the properties they were given
 *  before they were there. */
const PANELS: Readonly<Record<Panel, () => Promise<unknown>>> = {
  search: () => import('./search-panel.ts'),
  people: () => import('./new-conversation.ts'),
  switcher: () => import('./quick-switcher.ts'),
  keys: () => import('./key-sheet.ts'),
  settings: () => import('./settings-panel.ts'),
};

export const loadPanel = (panel: Panel): void => {
  PANELS[panel]().catch(() => undefined);
};

/** All of them, while nothing else is wanted, so that they are there without a connection too. */
export const loadPanels = (): void => {
  for (const panel of Object.keys(PANELS)) loadPanel(panel as Panel);
};
