/** Connections that are opened in one turn of the event loop; each takes less than 0.1 ms. */
const AT_ONCE = 64;

/** Spreads the opening of connections over the turns of the event loop. All handshakes that have arrived are decided in one turn: libuv
 *  hands over whatever is ready before it does anything else. When thousands come back in the same moment, their connections read the
 *  store in later turns, between which the others are served. At most one waits for each open socket. */
export class OpeningTurns {
  /** How many may still be opened in this turn. */
  #left = AT_ONCE;
  #isNextDue = false;
  #waiting: (() => void)[] = [];

  /** Connections that wait for their turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Null if a connection may be opened now, else resolves when it may. First come, first served. */
  take(): Promise<void> | null {
    this.#scheduleNext();
    if (this.#left > 0) {
      this.#left -= 1;
      return null;
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #scheduleNext(): void {
    if (this.#isNextDue) return;
    this.#isNextDue = true;
    setImmediate(() => {
      this.#isNextDue = false;
      this.#next();
    });
  }

  #next(): void {
    const due = this.#waiting.slice(0, AT_ONCE);
    this.#waiting = this.#waiting.slice(AT_ONCE);
    this.#left = AT_ONCE - due.length;
    for (const open of due) open();
    if (due.length > 0) this.#scheduleNext();
  }
}
