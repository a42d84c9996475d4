import { app, events, init, os, storage, window as frame } from '@neutralinojs/lib/dist/neutralino.mjs';
import type { TrayWords } from '../shell.ts';

/** What the client asks of the system: exactly the methods of `nativeAllowList` in `neutralino.config.json`. */
export interface Native {
  /** `Linux`, `Darwin`, `Windows`, … */
  readonly system: string;
  /** The arguments of this start. */
  readonly args: readonly string[];
  open(url: string): Promise<void>;
  notify(title: string, content: string): Promise<void>;
  setTitle(title: string): Promise<void>;
  showWindow(): Promise<void>;
  hideWindow(): Promise<void>;
  setTray(words: TrayWords): Promise<void>;
  exit(): Promise<void>;
  /** Null when nothing is stored by that name. */
  load(key: string): Promise<string | null>;
  /** Null removes it. */
  store(key: string, text: string | null): Promise<void>;
  on(event: NativeEvent, run: (detail: unknown) => void): void;
}

export type NativeEvent = 'windowClose' | 'newWindowRequest' | 'trayMenuItemClicked';

/** The picture in the tray, the window's: a path inside the app's resources. */
const TRAY_ICON = '/ui/icons/icon-256.png';

interface Globals {
  readonly NL_OS?: string;
  readonly NL_ARGS?: readonly string[];
  readonly NL_TOKEN?: string;
}

/** Connects with the program around the page. Null when there is none: the page was opened in some browser. */
export const startNative = (): Native | null => {
  const { NL_OS, NL_ARGS, NL_TOKEN } = globalThis as Globals;
  if (NL_OS === undefined || NL_ARGS === undefined) return null;
  if ((NL_TOKEN ?? '') === '' && sessionStorage.getItem('NL_TOKEN') === null) return null;
  init({ exportCustomMethods: false });
  return {
    system: NL_OS,
    args: NL_ARGS,
    open: (url) => os.open(url),
    notify: (title, content) => os.showNotification(title, content),
    setTitle: (title) => frame.setTitle(title),
    showWindow: async () => {
      await frame.show();
      await frame.focus();
    },
    hideWindow: () => frame.hide(),
    setTray: ({ show, quit }) =>
      os.setTray({
        icon: TRAY_ICON,
        menuItems: [
          { id: 'show', text: show },
          { id: 'quit', text: quit },
        ],
      }),
    exit: () => app.exit(),
    load: (key) => storage.getData(key).catch(() => null),
    store: (key, text) => {
      // Without data the entry is removed; that none was there is what was wanted.
      if (text === null) return storage.removeData(key).catch(() => undefined);
      return storage.setData(key, text);
    },
    on: (event, run) => {
      void events.on(event, ({ detail }: CustomEvent<unknown>) => {
        run(detail);
      });
    },
  };
};
