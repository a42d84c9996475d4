import './elements/admin/parley-admin.ts';
import { AdminApp } from './admin/admin-app.ts';
import { browserShell } from './platform/browser.ts';

/** The admin page. It opens no WebSocket and loads nothing of any conversation. */
const app = new AdminApp(browserShell);
await app.speak();
document.querySelector('parley-admin')?.run(app);
