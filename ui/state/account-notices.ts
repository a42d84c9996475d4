import { browserClock } from '../net/clock.ts';
import type { Shell } from '../shell/shell.ts';
import type { Model } from './model.ts';
import type { Navigation } from './navigation.ts';
import { Notices } from './notices.ts';
import { narrow } from './one-pane.ts';
import type { PreferenceBook } from './preferences.ts';
import { isCovered } from './trail.ts';
import { shortened } from './text/graphemes.ts';

interface Place {
  readonly preferences: PreferenceBook;
  readonly navigation: Navigation;
  readonly shell: Shell;
}

/** Tells of what comes while the person looks elsewhere. */
export const accountNotices = ({ preferences, navigation, shell }: Place, model: () => Model): Notices =>
  new Notices({
    clock: browserClock,
    chat: (chatId) => model().chats.get(chatId),
    wanted: () => preferences.current.get().notify,
    inSight: (chatId) => {
      const route = navigation.route.get();
      const covered = narrow() && isCovered(navigation.trail.get());
      const open = route.name === 'chat' && route.chatId === chatId && !covered;
      return open && document.visibilityState === 'visible' && document.hasFocus();
    },
    show: ({ id, peer }, { text }) => {
      shell.notify({
        title: peer.username,
        body: preferences.current.get().preview ? shortened(text, 200) : '',
        tag: id,
        onClick: () => {
          navigation.go({ name: 'chat', chatId: id });
        },
      });
    },
  });
