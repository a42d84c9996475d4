import type { ChatMessage } from '../state/model.ts';

/** Which row of the message list the keyboard stands on, also when that row is let go or is not there yet. */
export class RowFocus {
  #row: HTMLElement | null = null;
  #id: string | null = null;
  #due: string | null = null;

  /** Another conversation. */
  forget(): void {
    this.#row = null;
    this.#id = null;
    this.#due = null;
  }

  /** `active`: what has the focus within the list; null for nothing. */
  note(active: Element | null): void {
    const row = active?.closest<HTMLElement>('.row') ?? null;
    if (row !== null) {
      this.#row = row;
      this.#id = row.dataset['id'] ?? null;
    } else if (active === null && this.#row?.isConnected !== false) {
      // It went elsewhere. Of a row that was removed the id stays, so that `settle` can give the focus back.
      this.#row = null;
      this.#id = null;
    }
  }

  /** Where it stands among the messages; -1 for nowhere. */
  indexIn(messages: readonly ChatMessage[]): number {
    return this.#id === null ? -1 : messages.findLastIndex(({ id }) => id === this.#id);
  }

  /** To a message whose row comes with the next render. */
  wait(id: string): void {
    this.#due = id;
  }

  /** After a render. When the row was let go the focus stays in the list. */
  settle(rows: readonly HTMLElement[], list: HTMLElement): void {
    const due = this.#due;
    const row = due === null ? undefined : rows.find((each) => each.dataset['id'] === due);
    const active = (list.getRootNode() as ShadowRoot).activeElement;
    const isLost = this.#row?.isConnected === false && active === null;
    this.#due = null;
    if (row !== undefined) row.focus();
    else if (isLost) list.focus({ preventScroll: true });
    if (this.#row?.isConnected === false) this.#row = null;
  }
}
