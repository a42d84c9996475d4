import type { SessionKeeper } from './session-keeper.ts';

/** What the client needs from the window it runs in. The browser and the desktop app implement it. */
export interface Shell {
  /** The address of the server; empty until the user names one. `editable`: the user may choose another one. `asked`:
   *  the page was reloaded for that. */
  readonly server: { readonly address: string; readonly editable: boolean; readonly asked: boolean };
  /** Only if `editable`. Stores the origin for all later starts, and forgets the session, which belonged to the other
   *  server. */
  setServer(address: string): void;
  /** To be called before the user chooses another server. Returns false if the page is being reloaded and asks then. */
  askForServer(): boolean;
  /** Where the session is stored between starts. */
  readonly session: SessionKeeper;
  /** `unsupported` if the platform has no notifications, or not on an insecure origin. */
  notificationState(): 'granted' | 'denied' | 'default' | 'unsupported';
  /** Calls `changed` when that state changes, until `signal` aborts. The browser's own settings can change it at any
   *  time. Absent on platforms where it never changes. */
  watchNotifications?(changed: () => void, signal: AbortSignal): void;
  /** Must be called from a click. */
  askForNotifications(): Promise<void>;
  /** Shows at most one notification per `tag`. A newer one replaces it if the platform allows that; otherwise it is
   *  left out while the last one is new. `onClick` also brings the window to the front. There are two exceptions: a
   *  notification of the service worker opens the conversation that its tag names, and desktop notifications do not
   *  report clicks. */
  notify(notice: { title: string; body: string; tag: string; onClick: () => void }): void;
  setTitle(title: string): void;
  /** Shows the number of unread messages on the icon of the app; 0 removes it. Absent where icons show none. */
  badge?(unread: number): void;
  /** Opens an `http`, `https` or `mailto` address outside the client; anything else is ignored. */
  openLink(url: string): void;
  copy(text: string): Promise<boolean>;
  /** Null in a browser tab, which the browser closes by itself. */
  readonly closing: Closing | null;
}

/** Controls what happens when the user closes the window. */
export interface Closing {
  /** Makes closing hide the window, with an entry in the system tray; `false` undoes that. Resolves with the setting
   *  in effect: without a tray, closing ends the app. */
  hideToTray(hide: boolean, words: TrayWords): Promise<boolean>;
  /** Registers work that must be done before the app ends. The app waits for it, but only for a short time. */
  beforeQuit(settle: () => Promise<unknown>): void;
}

export interface TrayWords {
  readonly show: string;
  readonly quit: string;
}
