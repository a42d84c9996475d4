import { sendingStrings } from '../../strings/sending-strings.ts';
import type { Given } from '../shared/given-files.ts';
import { touch } from '../shared/window-focus.ts';
import './draft-files.ts';
import type { PaneHost } from '../screen/pane.ts';
import type { Screen } from '../screen/screen.ts';

/** The open conversation, if something can be written there. */
const writableIn = (screen: Screen): string | null => {
  const id = screen.openChat(screen.account.sync.model.get())?.id;
  return id !== undefined && screen.view?.canWrite === true ? id : null;
};

/** With the long text as a file. */
const filesOf = ({ files, text }: Given): readonly File[] =>
  text === null ? files : [...files, new File([text], sendingStrings().longTextName, { type: 'text/plain' })];

/** Adds what was given to the draft of the open conversation, and says what can't be added. */
export const addFiles = ({ screen, toast }: PaneHost, given: Given): void => {
  const sender = screen.account.files.get();
  const conversationId = writableIn(screen);
  const words = sendingStrings();
  const files = filesOf(given);
  if (sender === null || (files.length === 0 && !given.hasFolder)) return;
  if (conversationId === null) {
    toast(screen.view === null ? words.nowhere : words.notHere);
    return;
  }
  const left = sender.attach(conversationId, files);
  if (left > 0) toast(words.tooMany(sender.limits.get()?.perMessage ?? 0));
  else if (given.hasFolder) toast(words.folder);
  else if (given.text !== null) toast(words.longText);
  // On a touch screen the keyboard would cover what was added.
  if (!touch()) screen.view?.focus();
};

/** Shows where files can be dropped, or no longer. */
export const showDropTarget = (screen: Screen, isOver: boolean): void => {
  const { view } = screen;
  if (view === null) return;
  if (isOver && writableIn(screen) !== null) view.dataset['drop'] = sendingStrings().drop;
  else delete view.dataset['drop'];
};
