import type { Clock, Timer } from '../net/clock.ts';
import type { SiteStorage } from '../platform/site-storage.ts';
import { cancelDeletion, deleteDatabase } from './begun-deletions.ts';
import type { DiskCondition } from './disk.ts';
import { openDatabase } from './indexed-db.ts';
import { signal } from '../model/signal.ts';

/** Rows may have any shape: another build, a failing disk or an extension may have written them. See `disk-rows.ts`. */
export type DiskDatabase = IDBDatabase;
export type Run = <T>(work: (db: DiskDatabase) => Promise<T>) => Promise<T>;

export const CACHE = ['place', 'chats', 'timelines'] as const;
const STORES = ['outbox', 'drafts', ...CACHE] as const;
const VERSION = 1;
/** The maximum wait for the disk is STEPS × STEP_MS. It is counted in steps, because a window that was itself busy
 *  that long must give the disk another chance. */
const STEPS = 3;
const STEP_MS = 1_000;
const AGAIN_MS = 5_000;
/** What is only in memory is written again by itself: first after AGAIN_MS, then less and less often, up to this
 *  interval. */
const RAREST_MS = 5 * 60_000;
/** Delay before the database is opened again after it was deleted. By then a logout in another window has removed the
 *  session too. */
const REOPEN_MS = 1_000;

export const isNamed = (error: unknown, name: string): boolean =>
  error instanceof DOMException && error.name === name;

/** Whether an error says that the disk is full. */
export const isWantOfRoom = (error: unknown): boolean => isNamed(error, 'QuotaExceededError');

/** Version n of the schema contains everything that was added up to n. A database of any age is therefore brought up
 *  to date without touching its rows. */
const upgrade = (db: DiskDatabase): void => {
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
  /** Stores the names of the databases that are still to be deleted. */
  readonly storage: SiteStorage;
  /** Whether the user is still logged in here. If not, what a logout deleted must not be written again. */
  readonly isWanted: () => boolean;
  /** Writes what is only in memory. `dropped`: the rows that were on disk may be gone too. */
  readonly writeBack: (db: DiskDatabase, dropped: boolean) => Promise<void>;
  /** Reads the rows of another build's database. */
  readonly read: (db: DiskDatabase) => Promise<unknown>;
  /** The disk can be used again, and may hold rows that were not read yet. */
  readonly onBack: () => void;
}

/** A connection to a database that may at any time be missing, hang, fill up, be deleted or have another version.
 *  Callers get an answer within seconds. They keep in memory what was not stored, and are asked to write it once the
 *  disk is back. */
export class DiskConnection {
  readonly condition = signal<DiskCondition>('kept');
  readonly #deps: DiskConnectionDeps;
  #db: DiskDatabase | null = null;
  #connecting: Promise<void> | null = null;
  #attemptedAt = Number.NEGATIVE_INFINITY;
  #retry: Timer | null = null;
  #retryMs = AGAIN_MS;
  /** Whether something may be only in memory. */
  #lost = false;
  #dropped = false;
  #ended = false;

  constructor(deps: DiskConnectionDeps) {
    this.#deps = deps;
  }

  /** Resolves when the database is open, or when it is clear that there is none for now. Never rejects. */
  async open(): Promise<void> {
    cancelDeletion(this.#deps.name, this.#deps.storage);
    await this.#within(this.#connect()).catch(() => {
      this.#lose('memory');
    });
  }

  /** Rejects if the disk refuses the work or does not finish it in time. */
  readonly run: Run = async (work) => {
    const db = this.#db;
    if (db === null) {
      this.#connectAgain();
      throw new DOMException('the disk is not there', 'InvalidStateError');
    }
    try {
      const result = await this.#within(work(db));
      // There may be room again, including for what did not fit before.
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

  /** Closes the connection for good, and leaves the database as it is. */
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

  /** Not with every write, because a disk that does not answer must not be asked all the time. */
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
    const { writeBack, onBack } = this.#deps;
    const wasLost = this.#lost;
    let isFull = false;
    if (wasLost || this.condition.get() === 'full') {
      try {
        await this.#within(writeBack(db, this.#dropped));
      } catch (error) {
        // A full database can still be read, and removing rows makes room.
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

  /** Takes the database into use, unless the connection was closed meanwhile. */
  #takes(db: DiskDatabase): boolean {
    if (this.#ended || this.condition.get() === 'foreign') db.close();
    else this.#db = db;
    return this.#db === db;
  }

  async #openDatabase(): Promise<DiskDatabase | null> {
    const { name } = this.#deps;
    try {
      const db = await openDatabase(name, VERSION, {
        upgrade: (db, before) => {
          this.#dropped ||= this.#lost && before === 0;
          upgrade(db);
        },
        // Another window deletes the database, or a newer build upgrades it. Do not block it.
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

  /** Another build's database is read but never written, because it is unknown what that build expects of its rows. */
  async #readForeign(db: DiskDatabase): Promise<void> {
    this.#lose('foreign');
    db.addEventListener('versionchange', () => {
      db.close();
    });
    await this.#within(this.#deps.read(db)).catch(() => undefined);
    db.close();
  }

  /** The browser or another window deleted the database while it was open. */
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
