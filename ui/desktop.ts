import './elements/parley-app.ts';
import { loadScreens } from './elements/screens.ts';
import { browserClock } from './net/clock.ts';
import { desktopShell } from './shell/desktop/desktop-shell.ts';
import { startNative } from './shell/desktop/native.ts';
import { App } from './state/app.ts';
import { strings, useLanguage } from './strings/strings.ts';

const native = startNative();
if (native === null) {
  // Another browser on this machine opened the window's address; it has no key to the program and gets none.
  await useLanguage(navigator.languages);
  document.body.textContent = strings().desktop.notHere;
} else {
  const app = new App(await desktopShell(native, document, browserClock));
  void loadScreens(app.isSignedIn);
  await app.speak();
  document.querySelector('parley-app')?.run(app);
}
