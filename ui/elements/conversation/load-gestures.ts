import type { MessagesElement } from './message-gestures.ts';

/** Loads the menu of a message and the copying of several messages. They are needed only once messages are on screen. */
export class GesturesLoader {
  readonly #list: MessagesElement;
  #isThere = false;

  constructor(list: MessagesElement) {
    this.#list = list;
  }

  /** Loads once. If loading fails, the next call tries again. */
  async load(): Promise<void> {
    if (this.#isThere) return;
    this.#isThere = true;
    try {
      const { MessageGestures } = await import('./message-gestures.ts');
      new MessageGestures(this.#list);
    } catch {
      this.#isThere = false;
    }
  }
}
