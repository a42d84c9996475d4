import type { Clock, Timer } from '../net/clock.ts';
import type { SiteStorage } from '../shell/site-storage.ts';
import { cancelDeletion, deleteDatabase } from './begun-deletions.ts';
import type { DiskCondition } from './disk.ts';
import { openDatabase } from './indexed-db.ts';
import { signal } from './signal.ts';

/** Rows are of any shape: another build, a failing disk or an extension may have written them. See `disk-rows.ts`. */
export type Database = IDBDatabase;
export type Run = <T>(work: (db: Database) => Promise<T>) => Promise<T>;

export const CACHE = ['place', 'chats', 'timelines'] as const;
const STORES = ['outbox', 'drafts', ...CACHE] as const;
const VERSION = 1;
/** Nothing waits for the disk longer than this, in steps: a window that was itself busy for so long asks once more. */
const STEPS = 3;
const STEP_MS = 1_000;
const AGAIN_MS = 5_000;
/** What is in memory only is tried again by itself: after 5 s, then ever more rarely. */
const RAREST_MS = 5 * 60_000;
/** After the database was deleted: by then a logout in another window has taken the session away too. */
const REOPEN_MS = 1_000;

const isNamed = (error: unknown, name: string): boolean =>
  error instanceof DOMException && error.name === name;

/** Whether the disk has no room for it. */
export const isWantOfRoom = (error: unknown): boolean => isNamed(error, 'QuotaExceededError');

/** Version n of the schema is everything that was added up to n, so a database of any age is brought up to date without
 *  touching the rows it has. */
const upgrade = (db: Database): void => {
  const has = (name: (typeof STORES)[number]): boolean => db.objectStoreNames.contains(name);
  if (!has('outbox'))
    db.createObjectStore('outbox', { keyPath: 'order', autoIncrement: true }).createIndex('id', 'id', {
      unique: true,
    });
  if (!has('drafts')) db.createObjectStore('drafts', { keyPath: 'chatId' });
  for (const name of CACHE) if (!has(name)) db.createObjectStore(name);
};

export interface DiskConnectionDeps {
  readonly name: string;
  readonly clock: Clock;
  /** Keeps what is still to be deleted. */
  readonly storage: SiteStorage;
  /** Whether the person is still logged in here: what a logout deleted is not written again. */
  readonly isWanted: () => boolean;
  /** Writes what only memory holds. `dropped`: the rows that were on disk may be gone too. */
  readonly restore: (db: Database, dropped: boolean) => Promise<void>;
  /** Reads what another build left. */
  readonly look: (db: Database) => Promise<unknown>;
  /** The disk can be used again, and may hold what nobody has read yet. */
  readonly onBack: () => void;
}

/** A database that may be missing, hang, fill up, be deleted or be of another version at any time. Whoever uses it gets an answer
 *  within seconds, keeps in memory what it did not take, and is asked to write that once it is back. */
export class DiskConnection {
  readonly condition = signal<DiskCondition>('kept');
  readonly #deps: DiskConnectionDeps;
  #db: Database | null = null;
  #connecting: Promise<void> | null = null;
  #attemptedAt = Number.NEGATIVE_INFINITY;
  #retry: Timer | null = null;
  #retryMs = AGAIN_MS;
  /** Set once something may be in memory only. */
  #lost = false;
  #dropped = false;
  #ended = false;

  constructor(deps: DiskConnectionDeps) {
    this.#deps = deps;
  }

  /** Resolves when the disk is there or it is clear that there is none for now. Never rejects. */
  async open(): Promise<void> {
    cancelDeletion(this.#deps.name, this.#deps.storage);
    await this.#within(this.#connect()).catch(() => {
      this.#lose('memory');
    });
  }

  /** Rejects when the disk does not do it, or not in time. */
  readonly run: Run = async (work) => {
    const db = this.#db;
    if (db === null) {
      this.#connectAgain();
      throw new DOMException('the disk is not there', 'InvalidStateError');
    }
    try {
      const result = await this.#within(work(db));
      // There may be room again, also for what did not fit before.
      if (this.condition.get() === 'full') this.#connectAgain();
      return result;
    } catch (error) {
      if (isWantOfRoom(error)) this.#full();
      else if (this.#db === db) {
        db.close();
        this.#lose(isNamed(error, 'InvalidStateError') ? null : 'memory');
        this.#connectAgain();
      }
      throw error;
    }
  };

  /** For good. Lets go of the database without touching it. */
  close(): void {
    this.#ended = true;
    this.#retry?.cancel();
    this.#db?.close();
    this.#db = null;
  }

  async destroy(): Promise<void> {
    this.close();
    const { name, storage } = this.#deps;
    await this.#within(deleteDatabase(name, storage));
  }

  #full(): void {
    this.#attemptedAt = this.#deps.clock.now();
    this.condition.set('full');
    this.#retryLater();
  }

  #lose(condition: DiskCondition | null): void {
    this.#db = null;
    this.#lost = true;
    if (condition !== null) this.condition.set(condition);
    if (condition === 'memory') this.#retryLater();
  }

  #retryLater(): void {
    if (this.#ended || this.#retry !== null) return;
    this.#retry = this.#deps.clock.after(this.#retryMs, () => {
      this.#retry = null;
      this.#retryMs = Math.min(2 * this.#retryMs, RAREST_MS);
      this.#attemptedAt = Number.NEGATIVE_INFINITY;
      this.#connectAgain();
    });
  }

  #kept(): void {
    this.condition.set('kept');
    this.#retry?.cancel();
    this.#retry = null;
    this.#retryMs = AGAIN_MS;
  }

  /** Not at every write: a disk that does not answer must not be asked all the time. */
  #connectAgain(): void {
    if (this.#ended || this.#connecting !== null || this.condition.get() === 'foreign') return;
    if (Math.abs(this.#deps.clock.now() - this.#attemptedAt) < AGAIN_MS) return;
    if (!this.#deps.isWanted()) return;
    void this.#connect();
  }

  #connect(): Promise<void> {
    this.#attemptedAt = this.#deps.clock.now();
    this.#connecting ??= this.#attempt()
      .catch(() => {
        this.#lose('memory');
      })
      .finally(() => {
        this.#connecting = null;
      });
    return this.#connecting;
  }

  async #attempt(): Promise<void> {
    const db = this.#db ?? (await this.#openDatabase());
    if (this.#ended || db === null) {
      db?.close();
      return;
    }
    const { restore, onBack } = this.#deps;
    const wasLost = this.#lost;
    let isFull = false;
    if (wasLost || this.condition.get() === 'full') {
      try {
        await this.#within(restore(db, this.#dropped));
      } catch (error) {
        // With no room it can still be read, and what is removed from it makes room.
        isFull = isWantOfRoom(error);
        if (!isFull) {
          db.close();
          throw error;
        }
      }
    }
    if (!this.#takes(db)) return;
    this.#lost = false;
    this.#dropped &&= isFull;
    if (isFull) this.#full();
    else this.#kept();
    if (wasLost) onBack();
  }

  /** Unless it was let go of meanwhile. */
  #takes(db: Database): boolean {
    if (this.#ended || this.condition.get() === 'foreign') db.close();
    else this.#db = db;
    return this.#db === db;
  }

  async #openDatabase(): Promise<Database | null> {
    const { name } = this.#deps;
    try {
      const db = await openDatabase(name, VERSION, {
        upgrade: (db, before) => {
          this.#dropped ||= this.#lost && before === 0;
          upgrade(db);
        },
        // Another window deletes the database, or a newer build upgrades it: do not stand in its way.
        blocking: (wanted) => {
          if (wanted === null) this.#gone();
          else this.#lose('foreign');
        },
        terminated: () => {
          this.#gone();
        },
      });
      if (STORES.every((store) => db.objectStoreNames.contains(store))) return db;
      db.close();
    } catch (error) {
      if (!isNamed(error, 'VersionError')) throw error;
    }
    await this.#readForeign(await openDatabase(name));
    return null;
  }

  /** Another build's database is read and never written: what that build expects of its rows is not known here. */
  async #readForeign(db: Database): Promise<void> {
    this.#lose('foreign');
    db.addEventListener('versionchange', () => {
      db.close();
    });
    await this.#within(this.#deps.look(db)).catch(() => undefined);
    db.close();
  }

  /** The browser, or another window, deleted the database under this one. */
  #gone(): void {
    if (this.#ended) return;
    this.#lose(null);
    this.#dropped = true;
    this.#attemptedAt = this.#deps.clock.now();
    this.#deps.clock.after(REOPEN_MS, () => {
      this.#attemptedAt = Number.NEGATIVE_INFINITY;
      this.#connectAgain();
    });
  }

  #within<T>(work: Promise<T>): Promise<T> {
    const { clock } = this.#deps;
    return new Promise((resolve, reject) => {
      let steps = 0;
      let timer = clock.after(STEP_MS, function step() {
        steps += 1;
        if (steps === STEPS) reject(new DOMException('the disk does not answer', 'TimeoutError'));
        else timer = clock.after(STEP_MS, step);
      });
      work.then(resolve, reject).finally(() => {
        timer.cancel();
      });
    });
  }
}
