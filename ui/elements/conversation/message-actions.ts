import { svg, type TemplateResult } from 'lit';
import type { Message, MessageReference, Reaction } from '../../model/model.ts';
import { isPicture } from '../../model/text/attachment-words.ts';
import { fileStrings } from '../../strings/file-strings.ts';
import { panelStrings } from '../../strings/panel-strings.ts';
import { strings } from '../../strings/strings.ts';
import { touch } from '../shared/window-focus.ts';
import { emit } from '../shared/emit.ts';
import { icon } from '../shared/icons.ts';
import { trashIcon } from '../shared/more-icons.ts';
import { retryLabel } from './message-failure.ts';

/** The parts of a message element that its menu uses. */
export interface MessageElement extends HTMLElement {
  readonly message: Message | null;
  readonly sender: string;
  readonly mine: boolean;
  /** Whether one can reply and react to it. */
  readonly answerable: boolean;
  readonly reactions: readonly Reaction[];
  /** The id of the user. */
  readonly me: string;
}

export interface MessageAction {
  readonly label: string;
  readonly icon: TemplateResult;
  readonly danger?: boolean;
  readonly run: () => void;
}

const copyIcon = icon(
  svg`<rect x="8.500" y="8.500" width="11" height="11" rx="2"/><path d="M15.500 5.500v-1a1 1 0 0 0-1-1h-9a2 2 0 0 0-2 2v9a1 1 0 0 0 1 1h1"/>`,
  18,
);
const detailsIcon = icon(svg`<circle cx="12" cy="12" r="8.500"/><path d="M12 11.500v4.500M12 8v.05"/>`, 18);
const selectIcon = icon(svg`<path d="M5 6.500h14M5 12h14M5 17.500h8"/>`, 18);
const downIntoIcon = icon(svg`<path d="M12 4.500v10.500M7.500 10.500 12 15l4.500-4.500M5 19.500h14"/>`, 18);
export const replyIcon = icon(
  svg`<g class="mirrored"><path d="M9.500 7 4.500 12l5 5"/><path d="M5 12h8.500a6 6 0 0 1 6 6v1"/></g>`,
  18,
);
export const plusIcon = icon(svg`<path d="M12 5.500v13M5.500 12h13"/>`);
const againIcon = icon(svg`<path d="M19.500 12a7.500 7.500 0 1 1-2.200-5.300M19.500 3.500v4h-4"/>`, 18);

/** The message to which one can reply or react; null if one cannot. */
const answeredBy = ({ message, answerable }: MessageElement): MessageReference | null =>
  answerable && message !== null && message.seq !== null ? { messageId: message.id, seq: message.seq } : null;

/** Begins a reply to a message. */
export const replyTo = (element: MessageElement): void => {
  const message = answeredBy(element);
  if (message !== null) emit(element, 'reply-to', { message });
};

/** The emoji with which the user has reacted to a message, or null. */
export const ownEmoji = ({ reactions, me }: MessageElement): string | null =>
  reactions.find(({ userId }) => userId === me)?.emoji ?? null;

/** Reacts to a message. The emoji that is chosen already is taken back. */
export const react = (element: MessageElement, emoji: string): void => {
  const message = answeredBy(element);
  if (message !== null)
    emit(element, 'react', { message, emoji: ownEmoji(element) === emoji ? null : emoji });
};

/** On a touch screen, text can be selected only on request, because a long press opens the menu. */
const selectText = (element: MessageElement): void => {
  const text = element.shadowRoot?.querySelector('.text');
  if (!text) return;
  element.setAttribute('selectable', '');
  getSelection()?.selectAllChildren(text);
  const changed = (): void => {
    if (getSelection()?.isCollapsed === false) return;
    element.removeAttribute('selectable');
    document.removeEventListener('selectionchange', changed);
  };
  document.addEventListener('selectionchange', changed);
};

/** Whether the user is selecting words in this message on a touch screen. A long press then belongs to the browser. */
export const isSelectable = (element: MessageElement): boolean => element.hasAttribute('selectable');

/** What can be done about a message that was refused. */
const refusalActions = (element: MessageElement, message: Message): readonly MessageAction[] => {
  const { id } = message;
  return [
    {
      label: retryLabel(message),
      icon: againIcon,
      run: () => {
        emit(element, 'retry-message', { id });
      },
    },
    {
      label: panelStrings().failure.discard,
      icon: trashIcon,
      danger: true,
      run: () => {
        // The focused row is about to disappear, so the focus moves to the text field. Not on a touch screen, where
        // that would open the keyboard.
        if (!touch()) emit(element, 'focus-composer');
        emit(element, 'discard-message', { id });
      },
    },
  ];
};

/** Saves all that a message carries. */
const saveAction = (element: MessageElement, { attachments }: Message): MessageAction => {
  const { saveAll, savePhoto, saveFile } = fileStrings();
  const single = attachments.every(isPicture) ? savePhoto : saveFile;
  return {
    label: attachments.length > 1 ? saveAll(attachments.length) : single,
    icon: downIntoIcon,
    run: () => {
      emit(element, 'use-files', {
        use: ({ saves }) => {
          for (const attachment of attachments) saves.start(attachment);
        },
        missing: () => undefined,
      });
    },
  };
};

/** The actions for one message, in the order of the menu. */
export const messageActions = (element: MessageElement, byTouch: boolean): readonly MessageAction[] => {
  const { message } = element;
  if (message === null) return [];
  const { chat: conversation } = strings();
  const { menu } = panelStrings();
  const { id, content: text } = message;
  const actions: MessageAction[] = [];
  if (element.answerable) {
    actions.push({
      label: menu.reply,
      icon: replyIcon,
      run: () => {
        replyTo(element);
      },
    });
  }
  if (text !== '') {
    actions.push({
      label: conversation.copy,
      icon: copyIcon,
      run: () => {
        emit(element, 'copy-text', { text });
      },
    });
  }
  if (message.seq !== null && message.attachments.length > 0) actions.push(saveAction(element, message));
  if (byTouch && text !== '') {
    actions.push({
      label: menu.select,
      icon: selectIcon,
      run: () => {
        selectText(element);
      },
    });
  }
  actions.push({
    label: conversation.details,
    icon: detailsIcon,
    run: () => {
      emit(element, 'show-details', { id });
    },
  });
  return message.failure === null ? actions : [...actions, ...refusalActions(element, message)];
};
