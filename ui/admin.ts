import './elements/admin/parley-admin.ts';
import { AdminApp } from './admin/admin-app.ts';
import { browserClock } from './net/clock.ts';
import { browserShell } from './platform/browser.ts';
import { loadSheets } from './styles/built-sheets.ts';

/** The admin page. It opens no WebSocket and loads nothing of any conversation. */
const app = new AdminApp(browserShell);
await Promise.all([app.speak(), loadSheets(browserClock)]);
document.querySelector('parley-admin')?.run(app);
