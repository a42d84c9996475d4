import type { LitElement } from 'lit';
import { browserClock, type Timer } from '../../net/clock.ts';
import type { Conversation } from '../../model/model.ts';
import { manageStrings } from '../../strings/manage-strings.ts';
import { emit } from '../shared/emit.ts';
import { Layer } from '../shared/layer.ts';
import { nameIn } from '../shared/words.ts';
import './archived-row.ts';
import { RowMore } from './row-more.ts';
import './row-menu.ts';
import type { RowMenu } from './row-menu.ts';
import type { UserItem } from './user-item.ts';

const LONG_PRESS_MS = 500;
/** A finger that moves further than this is scrolling. */
const STILL_PX = 10;

/** The parts of the list that its gestures use. */
export interface RowsElement extends LitElement {
  readonly conversations: readonly Conversation[];
  readonly now: number;
}

interface MenuPoint {
  readonly x: number;
  readonly y: number;
}

const itemOf = (event: Event): UserItem | null =>
  event
    .composedPath()
    .find((each): each is UserItem => each instanceof HTMLElement && each.matches('user-item')) ?? null;

/** Handles mouse, touch and keyboard input on the list that opens the menu of a conversation: right click, long press, the keys for
 *  menus, and a button at the row under the pointer and at the focused one. Not part of the first screen. */
export class RowGestures {
  readonly #list: RowsElement;
  readonly #layer: Layer;
  readonly #hovered = document.createElement('row-more');
  readonly #focused = document.createElement('row-more');
  #menu: RowMenu | null = null;
  #press: { readonly x: number; readonly y: number; readonly timer: Timer } | null = null;
  /** Whether a long press has opened the menu. Lifting the finger does not open the conversation then. */
  #wasLong = false;

  constructor(list: RowsElement) {
    this.#list = list;
    this.#layer = new Layer(list, this.#close);
    list.addController({
      hostDisconnected: () => {
        this.#release();
        this.#close();
      },
    });
    list.addEventListener('contextmenu', this.#contextMenu);
    list.addEventListener('keydown', this.#key, { capture: true });
    list.addEventListener('click', this.#click, { capture: true });
    list.renderRoot.addEventListener('focusin', this.#focusIn);
    list.renderRoot.addEventListener('focusout', this.#focusOut);
    list.addEventListener('pointerover', this.#pointerOver);
    list.addEventListener('pointerleave', () => {
      this.#hovered.remove();
    });
    list.addEventListener('pointerdown', this.#pointerDown);
    list.addEventListener('pointermove', this.#pointerMove);
    for (const end of ['pointerup', 'pointercancel', 'scroll'] as const)
      list.addEventListener(end, this.#release, { passive: true });
  }

  #open(item: UserItem, { x, y }: MenuPoint): void {
    this.#release();
    const list = this.#list;
    const { conversationId } = item;
    const conversation = list.conversations.find(({ id }) => id === conversationId);
    if (this.#menu?.isConnected === true || conversation === undefined || !item.isConnected) return;
    const menu = document.createElement('row-menu');
    menu.conversation = conversation;
    menu.place = { x, y };
    menu.now = list.now;
    menu.act = (act) => {
      emit(list, 'manage', { conversationId, act });
    };
    menu.trash = () => {
      emit(list, 'remove-chat', { conversationId });
    };
    menu.gone = () => {
      this.#layer.closed();
    };
    this.#menu = menu;
    document.body.append(menu);
    this.#layer.opened();
  }

  /** For keyboard users and for the button: opens the menu below a part of the row. */
  #openBelow(item: UserItem, part: Element): void {
    const box = part.getBoundingClientRect();
    this.#open(item, { x: part.matches(':dir(rtl)') ? box.right : box.left, y: box.bottom });
  }

  readonly #close = (): void => {
    if (this.#menu?.isConnected === true) this.#menu.close();
  };

  readonly #click = (event: Event): void => {
    const path = event.composedPath();
    const item = itemOf(event);
    if (item === null) return;
    const button = path.find((each) => each instanceof RowMore);
    if (button === undefined && !this.#wasLong) return;
    event.preventDefault();
    event.stopPropagation();
    this.#wasLong = false;
    if (button !== undefined) this.#openBelow(item, button);
  };

  readonly #contextMenu = (event: MouseEvent): void => {
    const item = itemOf(event);
    if (item === null) return;
    event.preventDefault();
    this.#wasLong = (event as Partial<PointerEvent>).pointerType === 'touch';
    this.#open(item, { x: event.clientX, y: event.clientY });
  };

  readonly #key = (event: KeyboardEvent): void => {
    const item = itemOf(event);
    if (item === null) return;
    if (event.key !== 'ContextMenu' && !(event.key === 'F10' && event.shiftKey)) return;
    event.preventDefault();
    this.#openBelow(item, item);
  };

  /** Only the row that the keyboard has reached has its button in the Tab order. */
  readonly #focusIn = (event: Event): void => {
    const item = itemOf(event);
    const [at] = event.composedPath();
    if (item === null || !(at instanceof Element) || !at.matches(':focus-visible')) return;
    if (this.#isAt(this.#hovered, item)) this.#hovered.remove();
    this.#focused.reachable = true;
    this.#put(this.#focused, item);
  };

  readonly #focusOut = (event: Event): void => {
    const to = (event as Partial<FocusEvent>).relatedTarget;
    const stays = to instanceof Node && this.#list.renderRoot.contains(to);
    // While the menu is open the button stays, because the menu returns the focus to it.
    if (!stays && this.#menu?.isConnected !== true) this.#focused.remove();
  };

  readonly #pointerOver = (event: PointerEvent): void => {
    if (event.pointerType === 'touch') return;
    const item = itemOf(event);
    if (item === null || this.#isAt(this.#focused, item)) this.#hovered.remove();
    else this.#put(this.#hovered, item);
  };

  #isAt(button: RowMore, item: UserItem): boolean {
    return button.isConnected && button.getRootNode() === item.shadowRoot;
  }

  #put(button: RowMore, item: UserItem): void {
    if (this.#isAt(button, item)) return;
    const conversation = this.#list.conversations.find(({ id }) => id === item.conversationId);
    button.label = conversation === undefined ? '' : manageStrings().manage.menu(nameIn(conversation.peer));
    item.shadowRoot?.append(button);
  }

  readonly #pointerDown = (event: PointerEvent): void => {
    this.#release();
    this.#wasLong = false;
    const item = itemOf(event);
    if (event.pointerType !== 'touch' || !event.isPrimary || item === null) return;
    const { clientX: x, clientY: y } = event;
    const timer = browserClock.after(LONG_PRESS_MS, () => {
      this.#wasLong = true;
      this.#open(item, { x, y });
    });
    this.#press = { x, y, timer };
  };

  readonly #pointerMove = (event: PointerEvent): void => {
    const press = this.#press;
    if (press !== null && Math.hypot(event.clientX - press.x, event.clientY - press.y) > STILL_PX)
      this.#release();
  };

  readonly #release = (): void => {
    this.#press?.timer.cancel();
    this.#press = null;
  };
}
