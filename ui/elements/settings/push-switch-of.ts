import { PushApi } from '../../account/push-api.ts';
import { PushSwitch } from '../../account/push-switch.ts';
import { siteStorage } from '../../platform/site-storage.ts';
import { browserPush } from '../../platform/web-push.ts';
import type { Screen } from '../screen/screen.ts';

/** The switch for pushes of the user who is signed in on this screen. */
export const pushSwitchOf = ({ account, app: { shell } }: Screen): PushSwitch =>
  new PushSwitch({
    userId: account.me.id,
    api: new PushApi(account.api),
    browser: browserPush,
    storage: siteStorage,
    async askPermission() {
      if (shell.notificationState() === 'default') await shell.askForNotifications();
      return shell.notificationState() === 'granted';
    },
  });

/** The user has allowed notifications: if the server sends pushes, they get them too. */
export const alsoPush = async (screen: Screen): Promise<void> => {
  const push = pushSwitchOf(screen);
  await push.load();
  if (push.choice.get()?.support !== 'yes' || screen.app.shell.notificationState() !== 'granted') return;
  await push.turn(true);
  if (screen.app.preferences.current.get().preview) await push.setShowText(true);
};
