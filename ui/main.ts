import './elements/screen/parley-app.ts';
import { loadScreens } from './elements/screen/screens.ts';
import { browserShell } from './platform/browser.ts';
import { workerUrl } from './platform/worker-url.ts';
import { App } from './app/app.ts';

const app = new App(browserShell);
void loadScreens(app.isSignedIn);
await app.speak();
document.querySelector('parley-app')?.run(app);
// A notification of the service worker was clicked. Its data names the conversation.
(navigator as Partial<Navigator>).serviceWorker?.addEventListener(
  'message',
  ({ data }: MessageEvent<{ clicked?: string } | null>) => {
    if (data?.clicked !== undefined) app.go({ name: 'conversation', conversationId: data.clicked });
  },
);
// On an insecure origin there are no service workers, and the client needs its server to start.
try {
  await (navigator as Partial<Navigator>).serviceWorker?.register(workerUrl('./sw.js'));
} catch {
  // Where the browser blocks site data, the registration is refused as well.
}
