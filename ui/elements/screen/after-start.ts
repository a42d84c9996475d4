import type { App } from '../../app/app.ts';
import { keepInstallOffer } from '../../platform/install-offer.ts';
import { workerUrl } from '../../platform/worker-url.ts';

/** What makes a page of the browser an app of the system: works offline, can be installed, and takes what others share. */
export const afterStart = (app: App): void => {
  keepInstallOffer();
  followNotifications(app);
  takeShared(app);
  void registerWorker();
};

/** On an insecure origin there are no service workers, and the client needs its server to start. */
const registerWorker = async (): Promise<void> => {
  try {
    await (navigator as Partial<Navigator>).serviceWorker?.register(workerUrl('./sw.js'));
  } catch {
    // Where the browser blocks site data, the registration is refused as well.
  }
};

/** A notification of the service worker was clicked. Its data names the conversation. */
const followNotifications = (app: App): void => {
  (navigator as Partial<Navigator>).serviceWorker?.addEventListener(
    'message',
    ({ data }: MessageEvent<{ clicked?: string } | null>) => {
      if (data?.clicked !== undefined) app.go({ name: 'conversation', conversationId: data.clicked });
    },
  );
};

/** Another app has shared something with the installed one. What it was does not stay in the address. */
const takeShared = (app: App): void => {
  const { search, pathname, hash } = location;
  if (!/[?&](title|text|url|shared)=/.test(search)) return;
  history.replaceState(history.state, '', pathname + hash);
  const ask = async (): Promise<void> => {
    const { askForConversation, sharedText } = await import('../list/shared-text.ts');
    const { sharedFiles } = await import('../list/shared-files.ts');
    askForConversation(app, sharedText(search), /[?&]shared=/.test(search) ? await sharedFiles() : []);
  };
  void ask().catch(() => undefined);
};
