import type { Message } from '../../model/model.ts';
import {
  followed,
  mostRows,
  shifted,
  windowAround,
  windowAtEnd,
  type RowWindow,
} from '../../history/row-window.ts';

/** The inputs that decide which rows are rendered. */
export interface RowsWanted {
  readonly viewportPx: number;
  /** Whether the list is at its end and stays there. */
  readonly atEnd: boolean;
  /** The id of the first message on screen. */
  readonly anchor: string | null;
  /** Whether to render all rows, for printing. */
  readonly all: boolean;
  /** Whether to keep all rows, because text in them is selected. */
  readonly pinned: boolean;
  /** Where to begin if none of the former rows is left: the index of a message, or -1 for the end. */
  readonly begin: number;
  /** The index of the message to scroll to, or -1. */
  readonly target: number;
}

/** Decides which messages have rows while messages arrive and the user scrolls. */
export class RenderedRows {
  #messages: readonly Message[] = [];
  #window: RowWindow = { from: 0, to: 0 };
  #bound = mostRows(0);
  /** Infinity while text is selected, otherwise `#bound`. */
  #most = this.#bound;
  #all = false;

  get window(): RowWindow {
    return this.#all ? { from: 0, to: this.#count } : this.#window;
  }
  get hasStart(): boolean {
    return this.window.from === 0;
  }
  get hasEnd(): boolean {
    return this.window.to === this.#count;
  }
  get #count(): number {
    return this.#messages.length;
  }

  has(index: number): boolean {
    return index >= this.#window.from && index < this.#window.to;
  }

  /** Another conversation was opened. */
  forget(): void {
    this.#messages = [];
    this.#window = { from: 0, to: 0 };
  }

  /** To be called before each render. */
  update(messages: readonly Message[], wanted: RowsWanted): void {
    const { viewportPx, atEnd, anchor, all, pinned, begin, target } = wanted;
    const count = messages.length;
    this.#all = all;
    this.#bound = mostRows(viewportPx);
    this.#most = pinned ? Infinity : this.#bound;
    const cameAbove = (messages[0]?.seq ?? 0) < (this.#messages[0]?.seq ?? 0);
    const isAtTop = cameAbove && !atEnd && this.#window.from === 0;
    let held = followed(this.#window, this.#messages, messages, { most: this.#most, atEnd, anchor });
    this.#messages = messages;
    // Adds rows for the older messages in the same render. The reader may be at the very top, and rows become lower
    // when their day heading moves up.
    if (held !== null && isAtTop) held = shifted(held, 'up', count, this.#most);
    this.#window = held ?? (begin < 0 ? windowAtEnd(count, this.#bound) : windowAround(begin, count));
    if (target >= 0 && !this.has(target)) this.show(target);
  }

  /** Moves the window of rows to a message. */
  show(index: number): void {
    this.#window = windowAround(index, this.#count);
  }

  showEnd(): void {
    this.#window = windowAtEnd(this.#count, this.#bound);
  }

  step(direction: 'up' | 'down'): void {
    this.#window = shifted(this.#window, direction, this.#count, this.#most);
  }
}
