import type { Api } from '../net/api.ts';
import { browserClock } from '../net/clock.ts';
import type { Shell } from '../platform/shell.ts';
import type { Model } from '../model/model.ts';
import type { Navigation } from '../navigation/navigation.ts';
import { Notices } from './notices.ts';
import { shownName } from '../model/person.ts';
import { narrow } from '../navigation/one-pane.ts';
import type { PreferenceBook } from './preferences.ts';
import { isCovered } from '../navigation/trail.ts';
import { findMessage } from '../model/edit.ts';
import { messageWords } from '../model/text/attachment-words.ts';
import { shortened } from '../model/text/graphemes.ts';
import { plainMessage } from '../model/text/plain-message.ts';
import { panelStrings } from '../strings/panel-strings.ts';

export interface NoticesDeps {
  readonly me: { readonly id: string };
  readonly api: Api;
  readonly preferences: PreferenceBook;
  readonly navigation: Navigation;
  readonly shell: Shell;
  /** Tells screen readers. */
  readonly tell: (text: string) => void;
}

/** Notifies the user of messages that arrive while they look elsewhere. `now`: the time by the server's clock. */
export const accountNotices = (
  { me, api, preferences, navigation, shell, tell }: NoticesDeps,
  model: () => Model,
  now: () => number,
): Notices => {
  const notices = new Notices({
    clock: browserClock,
    conversation: (conversationId) => model().conversations.get(conversationId),
    now,
    wanted: () => preferences.current.get().notify,
    inSight: (conversationId) => {
      const route = navigation.route.get();
      const covered = narrow() && isCovered(navigation.trail.get());
      const open = route.name === 'conversation' && route.conversationId === conversationId && !covered;
      return open && document.visibilityState === 'visible' && document.hasFocus();
    },
    show: ({ id, peer }, message) => {
      const { preview, formatting } = preferences.current.get();
      const text = messageWords(message, formatting ? plainMessage : String);
      shell.notify({
        title: shownName(peer),
        body: preview ? shortened(text, 200) : '',
        tag: id,
        onClick: () => {
          navigation.go({ name: 'conversation', conversationId: id });
        },
      });
    },
    reacted: ({ id, peer }, { messageId, emoji }) => {
      const message = findMessage(model(), id, messageId);
      if (emoji === null || message?.mine !== true) return;
      const text = shortened(messageWords(message, plainMessage), 100);
      tell(panelStrings().react.toYours(shownName(peer), emoji, text));
    },
  });
  // The desktop window gets no pushes.
  if (!shell.server.editable)
    void import('./start-push.ts').then(
      ({ startPush }) => {
        startPush(me.id, api, notices.ended);
      },
      () => undefined,
    );
  return notices;
};
