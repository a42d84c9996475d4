import { CHECKPOINT_PAGES } from './open.ts';
import type { Connection } from './open.ts';

/** While work that nobody waits for changes page after page: copying ten thousand of them takes 40 ms and more, which a message would
 *  wait for. */
const CHECKPOINT_PAGES_BEHIND = 500;

/** How often commits copy the write-ahead log into the file. */
export class CheckpointPace {
  readonly #db: Connection;
  #behind = false;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** `behind`: whether steps of background work are under way. */
  set(behind: boolean): void {
    if (behind === this.#behind) return;
    this.#behind = behind;
    const pages = behind ? CHECKPOINT_PAGES_BEHIND : CHECKPOINT_PAGES;
    this.#db.pragma(`wal_autocheckpoint = ${String(pages)}`);
  }
}

/** Copies the whole log into the file and cuts it to nothing. Waits a moment for readers, no longer: the writer has work to do. */
export const truncateWal = (db: Connection): boolean => {
  const patience = db.pragma('busy_timeout', { simple: true });
  db.pragma('busy_timeout = 50');
  try {
    const [outcome] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    return outcome?.busy === 0;
  } finally {
    db.pragma(`busy_timeout = ${String(patience)}`);
  }
};
