import type { MessagesElement } from './message-gestures.ts';

/** The menu and the details of a message, and copying over several: wanted only once messages are on screen. */
export class GesturesLoader {
  readonly #list: MessagesElement;
  #isThere = false;

  constructor(list: MessagesElement) {
    this.#list = list;
  }

  /** Once; what could not be loaded is loaded again when it is wanted again. */
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
