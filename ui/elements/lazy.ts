import type { Emitted } from './emit.ts';
import { loadConversation } from './load-conversation.ts';
import { loadPart, type Missing } from './load-part.ts';
import type { Pane, PaneHost } from './pane.ts';
import type { Screen } from './screen.ts';

/** The panels, and the conversation: the list is there before it. */
export type LazyPanel = Emitted['open-panel']['panel'] | 'conversation';

/** What is not on the first screen comes in files of its own. The elements take up the properties they were given
 *  before they were there. */
const PANELS = {
  search: () => import('./search-pane.ts'),
  people: () => import('./people-pane.ts'),
  settings: () => import('./settings-pane.ts'),
  switcher: () => import('./quick-switcher.ts'),
  keys: () => import('./key-sheet.ts'),
  conversation: loadConversation,
} satisfies Readonly<Record<LazyPanel, () => Promise<unknown>>>;

const isPane = (part: unknown): part is { readonly pane: (host: PaneHost) => Pane } =>
  typeof part === 'object' && part !== null && 'pane' in part;

/** The worker keeps it with all other files, so that it is there when it is needed. */
export const loadStorageNotice = (): void => {
  import('./storage-notice.ts').catch(() => undefined);
};

/** What can't be sent is rare. */
export const loadUnsendable = (): void => {
  import('./unsendable-texts.ts').catch(() => undefined);
};

/** All of them, while nothing else is wanted, so that they are there without a connection too. */
export const loadPanels = (): void => {
  for (const load of Object.values(PANELS)) load().catch(() => undefined);
};

/** What offers a reload when the server serves another build. */
export const loadUpdateOffer = (screen: Screen): void => {
  import('./update-offer.ts').then(
    ({ UpdateOffer }) => new UpdateOffer(screen),
    () => undefined,
  );
};

/** The panels that are wanted, and why one of them is not there. */
export class PanelLoader {
  readonly missing = new Map<LazyPanel, Missing>();
  readonly #panes = new Map<LazyPanel, Pane>();
  readonly #asked = new Set<LazyPanel>();
  readonly #host: PaneHost;
  readonly #told: (panel: LazyPanel, why: Missing | null) => void;

  /** `told`: one is there, or why it is not. */
  constructor(host: PaneHost, told: (panel: LazyPanel, why: Missing | null) => void) {
    this.#host = host;
    this.#told = told;
  }

  /** Null for a dialog, and until it is loaded. */
  pane(panel: LazyPanel): Pane | null {
    return this.#panes.get(panel) ?? null;
  }

  /** Once; a pane that could not be loaded waits for `retry`. */
  need(panel: LazyPanel): void {
    if (this.#asked.has(panel)) return;
    this.#asked.add(panel);
    const load = async (): Promise<void> => {
      const part = await PANELS[panel]();
      if (isPane(part)) this.#panes.set(panel, part.pane(this.#host));
    };
    void loadPart(load).then((why) => {
      if (why !== null) this.missing.set(panel, why);
      this.#told(panel, why);
    });
  }

  /** It is loaded again when it is needed again. */
  forget(panel: LazyPanel): void {
    this.missing.delete(panel);
    this.#asked.delete(panel);
  }

  retry(panel: LazyPanel): void {
    this.forget(panel);
    this.need(panel);
  }
}
