import type { Cell } from './cell.ts';

/** After this many turns the part of the queue that has run is removed. */
const CUT_AT = 4096;

/** Gives every cell with waiting messages a turn, first come first served, until none has any. Messages delivered during a turn are
 *  queued, so an actor is never re-entered. */
export class Dispatcher {
  readonly #turn: (cell: Cell) => void;
  #runnable: Cell[] = [];
  #running = false;

  constructor(turn: (cell: Cell) => void) {
    this.#turn = turn;
  }

  /** The cell has mail. Runs it now, unless a turn is under way, or the cell waits for itself. */
  schedule(cell: Cell): void {
    if (!cell.scheduled && !cell.busy) {
      cell.scheduled = true;
      this.#runnable.push(cell);
    }
    if (!this.#running) this.#run();
  }

  #run(): void {
    this.#running = true;
    try {
      for (let i = 0; i < this.#runnable.length; i += 1) {
        const cell = this.#runnable[i];
        if (cell === undefined) continue;
        cell.scheduled = false;
        this.#turn(cell);
        if (i >= CUT_AT) {
          this.#runnable = this.#runnable.slice(i + 1);
          i = -1;
        }
      }
    } finally {
      this.#runnable = [];
      this.#running = false;
    }
  }
}
