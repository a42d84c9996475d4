import './elements/parley-app.ts';
import { loadScreens } from './elements/screens.ts';
import { browserShell } from './shell/browser.ts';
import { workerUrl } from './shell/worker-url.ts';
import { App } from './state/app.ts';

const app = new App(browserShell);
void loadScreens(app.isSignedIn);
await app.speak();
document.querySelector('parley-app')?.run(app);
// Of a notification that was clicked: the conversation.
(navigator as Partial<Navigator>).serviceWorker?.addEventListener(
  'message',
  ({ data }: MessageEvent<{ clicked?: string } | null>) => {
    if (data?.clicked !== undefined) app.go({ name: 'chat', chatId: data.clicked });
  },
);
// Where the origin is not secure there are none, and the client needs its server to start.
try {
  await (navigator as Partial<Navigator>).serviceWorker?.register(workerUrl('./sw.js'));
} catch {
  // Where the browser keeps no site data, asking for it is refused too.
}
