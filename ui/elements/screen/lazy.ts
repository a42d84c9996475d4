import { browserClock } from '../../net/clock.ts';
import type { ProblemCode } from '../../net/problem.ts';
import { strings } from '../../strings/strings.ts';
import type { Emitted } from '../shared/emit.ts';
import { problemWords } from '../shared/words.ts';
import { loadConversation, loadRichText } from './load-conversation.ts';
import { loadPart, type Missing } from '../shared/load-part.ts';
import { renderWithin } from '../shared/render-within.ts';
import type { Pane, PaneHost } from './pane.ts';
import type { Screen } from './screen.ts';

/** How long a window waits with a part that it needs by itself, if it could not be loaded. */
const AGAIN_MS = 15_000;

/** The panels, and the conversation, which is loaded after the list. */
export type LazyPanel = Emitted['open-panel']['panel'] | 'conversation';

/** Parts that the first screen does not need are in separate files. Elements take over properties that were set
 *  before they were defined. */
const PANELS = {
  search: () => import('../search/search-pane.ts'),
  people: () => import('../list/people-pane.ts'),
  archived: () => import('../list/archived-pane.ts'),
  settings: () => import('../settings/settings-pane.ts'),
  switcher: () => import('../list/quick-switcher.ts'),
  keys: () => import('./key-sheet.ts'),
  person: () => import('./person-sheet.ts'),
  conversation: loadConversation,
} satisfies Readonly<Record<LazyPanel, () => Promise<unknown>>>;

const isPane = (part: unknown): part is { readonly pane: (host: PaneHost) => Pane } =>
  typeof part === 'object' && part !== null && 'pane' in part;

/** The service worker stores this file with all others, so that it is available when it is needed. */
export const loadStorageNotice = (): void => {
  import('./storage-notice.ts').catch(() => undefined);
};

/** Loaded on demand, because unsendable texts are rare. */
export const loadUnsendable = (): void => {
  import('./unsendable-texts.ts').catch(() => undefined);
};

/** Loads what shows the state of the connection and what became of actions. */
export const loadNoticeBars = (screen: Screen): void => {
  void loadPart(() => import('./notice-bars.ts')).then((missing) => {
    screen.lacksNoticeBars = missing !== null;
    if (screen.lacksNoticeBars && screen.isConnected)
      browserClock.after(AGAIN_MS, () => {
        loadNoticeBars(screen);
      });
  });
};

/** Does something with a conversation or with its peer. */
export const manage = async (host: PaneHost, request: Emitted['manage']): Promise<void> => {
  const load = async (): Promise<void> => {
    const { manageConversation } = await import('./manage-conversation.ts');
    manageConversation(host, request);
  };
  if ((await loadPart(load)) !== null) host.toast(strings().missing);
};

/** Why somebody’s message or reaction was refused. */
export const refusalWords = async (code: ProblemCode): Promise<string> => {
  const words =
    code === 'forbidden' ? await import('../../strings/manage-strings.ts').catch(() => null) : null;
  return words?.manageStrings().block.refusedHere ?? problemWords(code);
};

/** Loads what shows formatting, and renders the messages that are there already again. */
export const loadFormatting = (screen: Screen): void => {
  void loadPart(loadRichText).then((missing) => {
    if (missing === null) renderWithin(screen.renderRoot);
    else if (screen.isConnected)
      browserClock.after(AGAIN_MS, () => {
        loadFormatting(screen);
      });
  });
};

/** Loads all panels while nothing else is being loaded, so that they are available offline too. */
export const loadPanels = (): void => {
  for (const load of Object.values(PANELS)) load().catch(() => undefined);
};

/** Loads the part that offers a reload when the server serves another build. Its own file is gone if that has happened already: then
 *  the reload is offered at once. */
export const loadUpdateOffer = (screen: Screen): void => {
  const load = async (): Promise<void> => {
    const { UpdateOffer } = await import('./update-offer.ts');
    new UpdateOffer(screen);
  };
  void loadPart(load).then((missing) => {
    if (missing === 'updated') screen.hasNewBuild = true;
    else if (missing !== null && screen.isConnected)
      browserClock.after(AGAIN_MS, () => {
        loadUpdateOffer(screen);
      });
  });
};

/** Loads panels on demand, and remembers which could not be loaded. */
export class PanelLoader {
  readonly missing = new Map<LazyPanel, Missing>();
  readonly #panes = new Map<LazyPanel, Pane>();
  readonly #requested = new Set<LazyPanel>();
  readonly #host: PaneHost;
  readonly #settled: (panel: LazyPanel, missing: Missing | null) => void;

  /** `settled`: called when a panel is loaded (null) or could not be loaded. */
  constructor(host: PaneHost, settled: (panel: LazyPanel, missing: Missing | null) => void) {
    this.#host = host;
    this.#settled = settled;
  }

  /** Returns null for a dialog, and for a panel that is not loaded yet. */
  pane(panel: LazyPanel): Pane | null {
    return this.#panes.get(panel) ?? null;
  }

  /** Loads a panel once. One that could not be loaded waits for `retry`. */
  need(panel: LazyPanel): void {
    if (this.#requested.has(panel)) return;
    this.#requested.add(panel);
    const load = async (): Promise<void> => {
      const part = await PANELS[panel]();
      if (isPane(part)) this.#panes.set(panel, part.pane(this.#host));
    };
    void loadPart(load).then((missing) => {
      if (missing !== null) this.missing.set(panel, missing);
      this.#settled(panel, missing);
    });
  }

  /** Makes the next `need` load the panel again. */
  forget(panel: LazyPanel): void {
    this.missing.delete(panel);
    this.#requested.delete(panel);
  }

  retry(panel: LazyPanel): void {
    this.forget(panel);
    this.need(panel);
  }
}
