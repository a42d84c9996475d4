import type { SessionKeeper } from './session-keeper.ts';

/** What the client wants from the window it runs in: one interface, the browser's and the desktop's behind it. */
export interface Shell {
  /** Where the server is; empty while the person has named none. `editable`: they may choose another one; `asked`: the page
   *  was loaded anew for that. */
  readonly server: { readonly address: string; readonly editable: boolean; readonly asked: boolean };
  /** Only where it is `editable`: keeps the origin for every later start and forgets the session, which was the other
   *  server's. */
  setServer(address: string): void;
  /** Before somebody chooses another server. False: the page is being loaded anew, and asks then. */
  askForServer(): boolean;
  /** What lets the client start signed in. */
  readonly session: SessionKeeper;
  /** `unsupported` where the platform or the insecure origin has none. */
  notificationState(): 'granted' | 'denied' | 'default' | 'unsupported';
  /** Runs `changed` when that changes, until `signal`: the browser's own settings can do that at any time. Absent where it never does. */
  watchNotifications?(changed: () => void, signal: AbortSignal): void;
  /** Must be called from a click. */
  askForNotifications(): Promise<void>;
  /** At most one a `tag` is shown; a newer one takes its place where the platform can do that, else it is left out while
   *  the last one is new. `onClick` also brings the window to the front; a notification that the service worker
   *  shows opens the conversation named by its tag instead, and the desktop's notifications tell of no click. */
  notify(notice: { title: string; body: string; tag: string; onClick: () => void }): void;
  setTitle(title: string): void;
  /** Opens an `http`, `https` or `mailto` address outside the client; anything else is ignored. */
  openLink(url: string): void;
  copy(text: string): Promise<boolean>;
  /** Null where the platform closes the window by itself: a browser tab. */
  readonly closing: Closing | null;
}

/** What happens when somebody closes the window. */
export interface Closing {
  /** Hides the window from now on when it is closed, with an entry in the system tray; `false` undoes that. Resolves with
   *  what holds now: a system without a tray keeps closing for good. */
  hideToTray(hide: boolean, words: TrayWords): Promise<boolean>;
  /** What must be done before the program ends; it waits for it a moment, not for ever. */
  beforeQuit(settle: () => Promise<unknown>): void;
}

export interface TrayWords {
  readonly show: string;
  readonly quit: string;
}
