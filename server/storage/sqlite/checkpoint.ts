import { CHECKPOINT_PAGES } from './open.ts';
import type { Db } from './open.ts';

/** Pages after which a commit checkpoints during background work, which changes many pages: copying ten thousand of them takes
 *  40 ms and more, and a message would wait for that. */
const CHECKPOINT_PAGES_BEHIND = 500;

/** How often commits copy the write-ahead log into the file. */
export class CheckpointPace {
  readonly #db: Db;
  #behind = false;

  constructor(db: Db) {
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
export const truncateWal = (db: Db): boolean => {
  const patience = db.pragma('busy_timeout', { simple: true });
  db.pragma('busy_timeout = 50');
  try {
    const [outcome] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    return outcome?.busy === 0;
  } finally {
    db.pragma(`busy_timeout = ${String(patience)}`);
  }
};
