import './elements/parley-app.ts';
import { browserShell } from './shell/browser.ts';
import { App } from './state/app.ts';

const app = new App(browserShell);
await app.speak();
document.querySelector('parley-app')?.run(app);
