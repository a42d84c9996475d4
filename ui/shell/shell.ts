/** What the client wants from the window it runs in: one interface, the browser's and the desktop's behind it. */
export interface Shell {
  /** Where the server is. `editable`: the person may choose another one. */
  readonly server: { readonly address: string; readonly editable: boolean };
  /** Only where it is `editable`: keeps the origin for every later start, and starts the client anew with it. */
  setServer(address: string): void;
  /** `unsupported` where the platform or the insecure origin has none. */
  notificationState(): 'granted' | 'denied' | 'default' | 'unsupported';
  /** Must be called from a click. */
  askForNotifications(): Promise<void>;
  /** At most one a `tag` is shown; a newer one takes its place. `onClick` also brings the window to the front. */
  notify(notice: { title: string; body: string; tag: string; onClick: () => void }): void;
  setTitle(title: string): void;
  /** Links go through `openLink`; the browser opens them better by itself. */
  readonly interceptsLinks: boolean;
  /** Opens an `http` or `https` address outside the client; anything else is ignored. */
  openLink(url: string): void;
  copy(text: string): Promise<boolean>;
}
