import type { Message } from '../../model/model.ts';

/** Remembers which row of the message list has the keyboard focus, even if that row is removed or not rendered yet. */
export class RowFocus {
  #row: HTMLElement | null = null;
  #id: string | null = null;
  #due: string | null = null;

  /** Another conversation was opened. */
  forget(): void {
    this.#row = null;
    this.#id = null;
    this.#due = null;
  }

  /** Notes the focused element. `active`: the focused element in the list, or null. */
  note(active: Element | null): void {
    const row = active?.closest<HTMLElement>('.row') ?? null;
    if (row !== null) {
      this.#row = row;
      this.#id = row.dataset['id'] ?? null;
    } else if (active === null && this.#row?.isConnected !== false) {
      // The focus left the list. If the row was removed instead, the id stays, so that `settle` can return the focus.
      this.#row = null;
      this.#id = null;
    }
  }

  /** The index of the focused message, or -1. */
  indexIn(messages: readonly Message[]): number {
    return this.#id === null ? -1 : messages.findLastIndex(({ id }) => id === this.#id);
  }

  /** Focuses a message whose row appears with the next render. */
  wait(id: string): void {
    this.#due = id;
  }

  /** To be called after each render. If the focused row was removed, the focus moves to the list itself. */
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
