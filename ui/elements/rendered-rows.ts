import type { ChatMessage } from '../state/model.ts';
import {
  followed,
  mostRows,
  shifted,
  windowAround,
  windowAtEnd,
  type RowWindow,
} from '../state/text/row-window.ts';

/** What decides which rows there are. */
export interface RowsWanted {
  readonly viewportPx: number;
  /** Somebody stands at the end, and goes on standing there. */
  readonly atEnd: boolean;
  /** The id of the first message on screen. */
  readonly anchor: string | null;
  /** All of them, for paper. */
  readonly all: boolean;
  /** None is let go: something is selected in them. */
  readonly pinned: boolean;
  /** The message to begin at when none of the rows of before is there any more; -1: the end. */
  readonly begin: number;
  /** The message that somebody goes to, or -1. */
  readonly target: number;
}

/** Which messages have rows while messages come and go and somebody moves through them. */
export class RenderedRows {
  #messages: readonly ChatMessage[] = [];
  #window: RowWindow = { from: 0, to: 0 };
  #bound = mostRows(0);
  /** No bound while something is selected. */
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

  /** Another conversation. */
  forget(): void {
    this.#messages = [];
    this.#window = { from: 0, to: 0 };
  }

  /** Before each render. */
  update(messages: readonly ChatMessage[], wanted: RowsWanted): void {
    const { viewportPx, atEnd, anchor, all, pinned, begin, target } = wanted;
    const count = messages.length;
    this.#all = all;
    this.#bound = mostRows(viewportPx);
    this.#most = pinned ? Infinity : this.#bound;
    const cameAbove = (messages[0]?.seq ?? 0) < (this.#messages[0]?.seq ?? 0);
    const isAtTop = cameAbove && !atEnd && this.#window.from === 0;
    let held = followed(this.#window, this.#messages, messages, { most: this.#most, atEnd, anchor });
    this.#messages = messages;
    // Together with what came above, for the reader may stand at the very top: rows that lose their day are lower then.
    if (held !== null && isAtTop) held = shifted(held, 'up', count, this.#most);
    this.#window = held ?? (begin < 0 ? windowAtEnd(count, this.#bound) : windowAround(begin, count));
    if (target >= 0 && !this.has(target)) this.show(target);
  }

  /** Moves there. */
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
