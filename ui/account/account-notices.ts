import { browserClock } from '../net/clock.ts';
import type { Shell } from '../platform/shell.ts';
import type { Model } from '../model/model.ts';
import type { Navigation } from '../navigation/navigation.ts';
import { Notices } from './notices.ts';
import { narrow } from '../navigation/one-pane.ts';
import type { PreferenceBook } from './preferences.ts';
import { isCovered } from '../navigation/trail.ts';
import { shortened } from '../model/text/graphemes.ts';

export interface NoticesDeps {
  readonly preferences: PreferenceBook;
  readonly navigation: Navigation;
  readonly shell: Shell;
}

/** Notifies the user of messages that arrive while they look elsewhere. */
export const accountNotices = (
  { preferences, navigation, shell }: NoticesDeps,
  model: () => Model,
): Notices =>
  new Notices({
    clock: browserClock,
    conversation: (conversationId) => model().conversations.get(conversationId),
    wanted: () => preferences.current.get().notify,
    inSight: (conversationId) => {
      const route = navigation.route.get();
      const covered = narrow() && isCovered(navigation.trail.get());
      const open = route.name === 'conversation' && route.conversationId === conversationId && !covered;
      return open && document.visibilityState === 'visible' && document.hasFocus();
    },
    show: ({ id, peer }, { content: text }) => {
      shell.notify({
        title: peer.username,
        body: preferences.current.get().preview ? shortened(text, 200) : '',
        tag: id,
        onClick: () => {
          navigation.go({ name: 'conversation', conversationId: id });
        },
      });
    },
  });
