import './elements/conversation/link-menu.ts';
import './elements/screen/parley-app.ts';
import { loadScreens } from './elements/screen/screens.ts';
import { browserClock } from './net/clock.ts';
import { desktopShell } from './platform/desktop/desktop-shell.ts';
import { macMenu } from './platform/desktop/mac-menu.ts';
import { startNative, type Native } from './platform/desktop/native.ts';
import { readProgramValues } from './platform/desktop/program-values.ts';
import { listenToKeys } from './platform/desktop/window-keys.ts';
import { App } from './app/app.ts';
import { panelStrings } from './strings/panel-strings.ts';
import { strings } from './strings/strings.ts';
import { useLanguage } from './strings/use-language.ts';

const SIZES = ['small', 'normal', 'large', 'huge'] as const;

const open = async (native: Native): Promise<void> => {
  const shell = desktopShell(native, document, browserClock, (url, x, y) => {
    const menu = document.createElement('link-menu');
    menu.place = { x, y };
    menu.open = () => {
      shell.openLink(url);
    };
    menu.copy = () => void shell.copy(url);
    document.body.append(menu);
  });
  const app = new App(shell);
  void loadScreens(app.isSignedIn);
  await app.speak();
  const mac = native.system === 'Darwin';
  listenToKeys(document, mac, {
    quit: () => void shell.closing.quit(),
    zoom: (step) => {
      const at = SIZES.indexOf(app.preferences.current.get().textSize);
      const size = step === 0 ? 'normal' : SIZES[Math.max(0, at + step)];
      if (size !== undefined) app.preferences.set('textSize', size);
    },
  });
  const { app: name, desktop } = strings();
  if (mac) void native.setMenu(macMenu(name, { ...panelStrings().window, quit: desktop.quit }));
  document.querySelector('parley-app')?.run(app);
};

const values = await readProgramValues();
const native = values === null ? null : startNative(values);
if (native === null) {
  await useLanguage(navigator.languages);
  const { keyTaken, notHere } = panelStrings().window;
  // A browser on this machine that opens the window's address gets the same text, because the page cannot tell the
  // two apart.
  const said = values === null ? [notHere] : [keyTaken, notHere];
  document.body.replaceChildren(
    ...said.map((textContent) => Object.assign(document.createElement('p'), { textContent })),
  );
  Object.assign(document.body.style, { overflow: 'auto', padding: '1rem', maxWidth: '40rem' });
} else await open(native);
