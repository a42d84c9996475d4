import type { LitElement } from 'lit';
import { browserClock, type Timer } from '../../net/clock.ts';
import { isSelectable, replyTo, type MessageElement } from './message-actions.ts';
import { Layer } from '../shared/layer.ts';
import './blocked-note.ts';
import './conversation-menu.ts';
import './message-details.ts';
import { closeMessageMenu, isMessageMenuOpen, openMessageMenu, type MenuPlace } from './message-menu.ts';
import { MessageToolbar } from './message-toolbar.ts';
import './message-failure.ts';
import './message-quote.ts';
import './message-reactions.ts';
import './reply-bar.ts';
import './scroll-buttons.ts';
import { copyOf, selectedTexts } from './selected-messages.ts';

const LONG_PRESS_MS = 500;
/** A finger that moves further than this is scrolling. */
const STILL_PX = 10;

/** The parts of the message list that its gestures use. */
export interface MessagesElement extends LitElement {
  /** Gives every loaded message a row, which stays while some text is selected. */
  renderAll(): Promise<void>;
}

/** The message in whose row the event happened. */
const messageOf = (event: Event): MessageElement | null => {
  const path = event.composedPath();
  const row = path.find((each): each is Element => each instanceof Element && each.matches('.row'));
  return row?.querySelector<MessageElement>('message-bubble') ?? null;
};

const onLink = (event: Event): boolean =>
  event.composedPath().some((each) => each instanceof HTMLAnchorElement);

/** Alt and R. On a Mac, Option makes another character of the key. */
const isReplyKey = ({ altKey, ctrlKey, metaKey, shiftKey, key, code }: KeyboardEvent): boolean =>
  altKey &&
  !ctrlKey &&
  !metaKey &&
  !shiftKey &&
  (key.toLowerCase() === 'r' || (key === '®' && code === 'KeyR'));

/** Handles mouse, touch and keyboard input on messages, except scrolling and moving: the menu of a message, and
 *  copying several messages. Comes with all that a conversation needs only once its messages are on screen. */
export class MessageGestures {
  readonly #list: MessagesElement;
  readonly #layer: Layer;
  /** The toolbar beside the message under the pointer. */
  #hovered = document.createElement('message-toolbar');
  /** The toolbar beside the focused message. */
  #focused = document.createElement('message-toolbar');
  #press: { readonly x: number; readonly y: number; readonly timer: Timer } | null = null;

  constructor(list: MessagesElement) {
    this.#list = list;
    this.#layer = new Layer(list, closeMessageMenu);
    list.addController({
      hostDisconnected: () => {
        this.#release();
        closeMessageMenu();
      },
    });
    list.addEventListener('contextmenu', this.#contextMenu);
    list.addEventListener('keydown', this.#key);
    list.addEventListener('click', this.#click);
    list.addEventListener('copy', this.#copy);
    // On the render root, because on the host a focus move from one message to another is not seen.
    list.renderRoot.addEventListener('focusin', this.#focusIn);
    list.renderRoot.addEventListener('focusout', this.#focusOut as (event: Event) => void);
    list.addEventListener('pointerover', this.#pointerOver);
    list.addEventListener('pointerleave', () => {
      this.#hovered.remove();
    });
    list.addEventListener('pointerdown', this.#pointerDown);
    list.addEventListener('pointermove', this.#pointerMove);
    for (const end of ['pointerup', 'pointercancel'] as const) list.addEventListener(end, this.#release);
    // Captured, because the `scroll` event of the inner scroller does not bubble.
    list.addEventListener('scroll', this.#release, { capture: true, passive: true });
  }

  get #root(): ShadowRoot {
    return this.#list.renderRoot as ShadowRoot;
  }

  #open(message: MessageElement, place: MenuPlace): void {
    this.#release();
    openMessageMenu(message, place, this.#layer);
  }

  /** For keyboard users: opens the menu below a part of the message, within the visible part of the list. */
  #openBelow(message: MessageElement, part: Element | null, content: MenuPlace['content'] = 'all'): void {
    const box = (part ?? message).getBoundingClientRect();
    const list = this.#list.getBoundingClientRect();
    const x = message.matches(':dir(rtl)') ? box.right : box.left;
    const y = Math.min(Math.max(box.bottom, list.top), list.bottom);
    this.#open(message, { x, y, byTouch: false, content });
  }

  readonly #click = (event: Event): void => {
    const path = event.composedPath();
    const message = messageOf(event);
    if (message === null || !path.some((each) => each instanceof MessageToolbar)) return;
    const button = path.find((each): each is HTMLButtonElement => each instanceof HTMLButtonElement);
    const act = button?.dataset['act'];
    if (button === undefined || act === undefined) return;
    if (act === 'reply') replyTo(message);
    else this.#openBelow(message, button, act === 'react' ? 'reactions' : 'all');
  };

  readonly #contextMenu = (event: MouseEvent): void => {
    const message = messageOf(event);
    if (message === null || onLink(event)) return;
    const byTouch = (event as Partial<PointerEvent>).pointerType === 'touch';
    if (byTouch && isSelectable(message)) return;
    // A selection has the browser's own menu. That does not apply to a selection that this very long press has made.
    if (!byTouch && getSelection()?.toString() !== '') {
      const selected = selectedTexts(this.#root);
      if (selected.length === 0 || selected.some(({ element }) => element === message)) return;
    }
    event.preventDefault();
    this.#open(message, { x: event.clientX, y: event.clientY, byTouch, content: 'all' });
  };

  readonly #key = (event: KeyboardEvent): void => {
    const message = messageOf(event);
    if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      if (message === null || onLink(event)) return;
      this.#openBelow(message, message.shadowRoot?.querySelector('article') ?? null);
    } else if (event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey) && !event.altKey) {
      // By default the browser would select the whole page.
      void this.#selectAll();
    } else if (isReplyKey(event) && message !== null) {
      replyTo(message);
    } else return;
    event.preventDefault();
  };

  async #selectAll(): Promise<void> {
    await this.#list.renderAll();
    const messages = this.#root.querySelector('ol');
    if (messages !== null) getSelection()?.selectAllChildren(messages);
  }

  readonly #copy = (event: ClipboardEvent): void => {
    const selected = selectedTexts(this.#root);
    if (selected.length === 0) return;
    event.clipboardData?.setData('text/plain', copyOf(selected));
    event.preventDefault();
  };

  /** Only the message that the arrow keys have reached has its toolbar in the Tab order. */
  readonly #focusIn = (event: Event): void => {
    const message = messageOf(event);
    if (message === null) return;
    // Keep the toolbar that is already there, because it may be what has just got the focus.
    if (this.#isBeside(this.#hovered, message)) {
      [this.#hovered, this.#focused] = [this.#focused, this.#hovered];
      this.#hovered.remove();
    }
    this.#hovered.reachable = false;
    this.#focused.reachable = true;
    this.#put(this.#focused, message);
  };

  readonly #focusOut = (event: FocusEvent): void => {
    const to = event.relatedTarget;
    const stays = to instanceof Node && this.#root.contains(to);
    // While the menu is open the toolbar stays, because the menu returns the focus to it.
    if (!stays && to !== this.#list && !isMessageMenuOpen()) this.#focused.remove();
  };

  readonly #pointerOver = (event: PointerEvent): void => {
    if (event.pointerType === 'touch') return;
    const message = messageOf(event);
    if (message === null || this.#isBeside(this.#focused, message)) this.#hovered.remove();
    else this.#put(this.#hovered, message);
  };

  #isBeside(toolbar: MessageToolbar, message: MessageElement): boolean {
    return toolbar.isConnected && toolbar.getRootNode() === message.shadowRoot;
  }

  #put(toolbar: MessageToolbar, message: MessageElement): void {
    if (this.#isBeside(toolbar, message)) return;
    toolbar.mine = message.mine;
    toolbar.answerable = message.answerable;
    message.shadowRoot?.querySelector('article')?.append(toolbar);
  }

  readonly #pointerDown = (event: PointerEvent): void => {
    this.#release();
    const message = messageOf(event);
    if (event.pointerType !== 'touch' || !event.isPrimary || message === null || onLink(event)) return;
    if (isSelectable(message)) return;
    const { clientX: x, clientY: y } = event;
    const timer = browserClock.after(LONG_PRESS_MS, () => {
      this.#open(message, { x, y, byTouch: true, content: 'all' });
    });
    this.#press = { x, y, timer };
  };

  readonly #pointerMove = (event: PointerEvent): void => {
    // After the menu is gone, Chromium may send no `pointerover` for what the pointer comes to next.
    this.#pointerOver(event);
    const press = this.#press;
    if (press !== null && Math.hypot(event.clientX - press.x, event.clientY - press.y) > STILL_PX)
      this.#release();
  };

  readonly #release = (): void => {
    this.#press?.timer.cancel();
    this.#press = null;
  };
}
