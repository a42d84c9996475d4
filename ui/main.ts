import './elements/screen/parley-app.ts';
import { fetchEarly } from './boot.ts';
import { loadScreens } from './elements/screen/screens.ts';
import { browserClock } from './net/clock.ts';
import { browserShell } from './platform/browser.ts';
import { App } from './app/app.ts';
import { loadSheets } from './styles/built-sheets.ts';

const app = new App(browserShell, fetchEarly);
void loadScreens(app.isSignedIn);
await Promise.all([app.speak(), loadSheets(browserClock)]);
document.querySelector('parley-app')?.run(app);
// What the first screen does not need. If it can't be loaded, the next start has another chance.
import('./elements/screen/after-start.ts').then(
  ({ afterStart }) => {
    afterStart(app);
  },
  () => undefined,
);
