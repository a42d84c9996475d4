import { app, events, init, os, window as frame } from '@neutralinojs/lib/dist/neutralino.mjs';
import type { TrayWords } from '../shell.ts';
import type { ProgramValues } from './program-values.ts';

/** An entry of the menu bar. `action`: the selector of the action that macOS performs. */
export interface MenuItem {
  readonly id?: string;
  readonly text: string;
  readonly action?: string;
  readonly shortcut?: string;
  readonly menuItems?: readonly MenuItem[];
}

/** The native methods that the client calls, exactly those of `nativeAllowList` in `neutralino.config.json`. Anybody
 *  who gets the app's key before the window does can call them too. For that reason no method reads anything or
 *  starts a program that the caller names. */
export interface Native {
  /** `Linux`, `Darwin`, `Windows`, … */
  readonly system: string;
  /** The command-line arguments of this start. */
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

/** The tray icon, which is the window's icon: a path inside the app's resources. */
const TRAY_ICON = '/ui/icons/icon-256.png';
/** Where the library keeps the key, so that a reloaded page still has it. */
const KEPT_KEY = 'NL_TOKEN';

/** Connects to the app's process. Returns null if the page has no key to it. */
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
