import { statSync } from 'node:fs';
import type { Clock } from '../../runtime/clock.ts';
import { CHECKPOINT_PAGES } from './open.ts';
import type { Db } from './open.ts';

const PAGE_BYTES = 4_096;
/** Pages after which the log is emptied during background work, which changes many pages: copying ten thousand of them takes
 *  40 ms and more, and a message would wait for that. */
const CHECKPOINT_PAGES_BEHIND = 500;
/** Milliseconds until the next attempt, after one that failed. */
const AGAIN_MS = 1_000;
/** Milliseconds for which emptying the log waits for readers. */
const PATIENCE_MS = 50;

/** Decides when a commit empties the write-ahead log into the file. While readers prevent that, SQLite copies a log of twice the length
 *  without emptying it. */
export class CheckpointPace {
  readonly #db: Db;
  readonly #wal: string;
  readonly #clock: Clock;
  readonly #emptyLog: (patienceMs: number) => boolean;
  #pages = CHECKPOINT_PAGES;
  #notBefore = 0;

  constructor(db: Db, clock: Clock, emptyLog: (patienceMs: number) => boolean) {
    this.#db = db;
    this.#wal = `${db.name}-wal`;
    this.#clock = clock;
    this.#emptyLog = emptyLog;
    this.#setBackstop();
  }

  /** `behind`: whether steps of background work are under way. */
  set(behind: boolean): void {
    const pages = behind ? CHECKPOINT_PAGES_BEHIND : CHECKPOINT_PAGES;
    if (pages === this.#pages) return;
    this.#pages = pages;
    this.#setBackstop();
  }

  /** After a commit: empties the log if it is long enough. Waits for nobody. */
  committed(): void {
    const size = statSync(this.#wal, { throwIfNoEntry: false })?.size ?? 0;
    if (size < this.#pages * PAGE_BYTES || this.#clock.monotonic() < this.#notBefore) return;
    if (!this.#emptyLog(0)) this.#notBefore = this.#clock.monotonic() + AGAIN_MS;
  }

  #setBackstop(): void {
    this.#db.pragma(`wal_autocheckpoint = ${String(2 * this.#pages)}`);
  }
}

/** Copies the whole log into the file and cuts it to nothing. Waits a moment for readers, no longer: the writer has work to do. */
export const truncateWal = (db: Db, patienceMs = PATIENCE_MS): boolean => {
  const patience = db.pragma('busy_timeout', { simple: true });
  db.pragma(`busy_timeout = ${String(patienceMs)}`);
  try {
    const [outcome] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    return outcome?.busy === 0;
  } finally {
    db.pragma(`busy_timeout = ${String(patience)}`);
  }
};
