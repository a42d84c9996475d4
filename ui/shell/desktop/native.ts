import { app, events, init, os, window as frame } from '@neutralinojs/lib/dist/neutralino.mjs';
import type { TrayWords } from '../shell.ts';
import type { ProgramValues } from './program-values.ts';

/** An entry of the menu bar. `action` is what macOS itself does then, by the name of its selector. */
export interface MenuItem {
  readonly id?: string;
  readonly text: string;
  readonly action?: string;
  readonly shortcut?: string;
  readonly menuItems?: readonly MenuItem[];
}

/** What the client asks of the system: exactly the methods of `nativeAllowList` in `neutralino.config.json`. Whoever asks
 *  the program for its key before the window does can call them too, so none of them reads anything or starts what
 *  the caller names. */
export interface Native {
  /** `Linux`, `Darwin`, `Windows`, … */
  readonly system: string;
  /** The arguments of this start. */
  readonly args: readonly string[];
  notify(title: string, content: string): Promise<void>;
  setTitle(title: string): Promise<void>;
  showWindow(): Promise<void>;
  hideWindow(): Promise<void>;
  setTray(words: TrayWords): Promise<void>;
  setMenu(menu: readonly MenuItem[]): Promise<void>;
  exit(): Promise<void>;
  on(event: NativeEvent, run: (detail: unknown) => void): void;
}

export type NativeEvent = 'windowClose' | 'mainMenuItemClicked' | 'trayMenuItemClicked';

/** The picture in the tray, the window's: a path inside the app's resources. */
const TRAY_ICON = '/ui/icons/icon-256.png';
/** Where the library keeps the key, so that a page that is loaded anew still has it. */
const KEPT_KEY = 'NL_TOKEN';

/** Connects with the program around the page. Null when the page has no key to it. */
export const startNative = (values: ProgramValues): Native | null => {
  if (values.NL_TOKEN === '' && sessionStorage.getItem(KEPT_KEY) === null) return null;
  Object.assign(globalThis, values, { NL_EXTENABLED: false, NL_CMETHODS: [] });
  init({ exportCustomMethods: false });
  return {
    system: values.NL_OS,
    args: values.NL_ARGS,
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
    setMenu: (menu) => frame.setMainMenu(menu as Parameters<typeof frame.setMainMenu>[0]),
    exit: () => app.exit(),
    on: (event, run) => {
      void events.on(event, ({ detail }: CustomEvent<unknown>) => {
        run(detail);
      });
    },
  };
};
