import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWriter, type StoreWriter } from '../../server/storage/sqlite/open-writer.ts';
import { renewHistory } from '../../server/storage/sqlite/history.ts';
import { forgetInUse } from '../../server/storage/sqlite/files/in-use.ts';
import { DATABASE_FILE, openReadWrite } from '../../server/storage/sqlite/open.ts';
import { asQueries, openReads, type OpenReads } from '../../server/storage/sqlite/queries.ts';
import type { Queries, Reads } from '../../server/storage/reads.ts';
import { systemClock, type Clock } from '../../server/runtime/clock.ts';

const HISTORIES_MAX = 500;
const MEMORY = '/dev/shm';

export type SimWriter = Pick<StoreWriter, 'commit'>;

/** A real store, shared by the histories of a process: each has people, conversations and ids of its own. A crash of the host is not
 *  simulated here: what was committed stands. */
export interface SimStore {
  readonly reads: Reads;
  /** As the server asks. */
  readonly queries: Queries;
  /** For one history. */
  begin(seed: number, clock: Clock): void;
  /** The one writer; opened anew after each crash. `resetPresence`: as at the start of a process. */
  writer(resetPresence: boolean): SimWriter;
  /** Nothing that the writer had in memory is left. */
  crashWriter(): void;
  /** What is stored now. */
  copy(): Buffer;
  /** Puts a copy in the place of everything. `renews`: as a restore makes a new history of it. */
  putBack(copy: Buffer, renews: boolean): void;
}

/** SQLite, in memory. */
export class SqliteSimStore implements SimStore {
  #dir = '';
  #reads: OpenReads | undefined;
  #writer: StoreWriter | undefined;
  readonly #used = new Set<number>();
  clock: Clock = systemClock;

  constructor() {
    process.on('exit', () => {
      this.close();
    });
  }

  get reads(): OpenReads {
    if (this.#reads === undefined) throw new Error('begin comes first');
    return this.#reads;
  }

  get queries(): Queries {
    return asQueries(this.reads);
  }

  /** A seed that was here before gets an empty store. */
  begin(seed: number, clock: Clock): void {
    this.clock = clock;
    if (this.#reads !== undefined && !this.#used.has(seed) && this.#used.size < HISTORIES_MAX) {
      this.#used.add(seed);
      return;
    }
    this.close();
    this.#used.add(seed);
    this.#dir = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'parley-simulation-'));
    this.writer(true);
    this.#reads = openReads(this.#dir, { clock: this.#now() });
  }

  writer(resetPresence: boolean): StoreWriter {
    this.#writer ??= openWriter(this.#dir, { clock: this.#now(), resetPresence });
    return this.#writer;
  }

  crashWriter(): void {
    this.#writer?.close();
    this.#writer = undefined;
  }

  /** The file as it is now. */
  copy(): Buffer {
    if (this.#writer?.truncate() === false) throw new Error('a reader stands in the way of the copy');
    return readFileSync(join(this.#dir, DATABASE_FILE));
  }

  putBack(copy: Buffer, renews: boolean): void {
    this.crashWriter();
    this.#reads?.close();
    for (const name of readdirSync(this.#dir)) rmSync(join(this.#dir, name));
    writeFileSync(join(this.#dir, DATABASE_FILE), copy);
    const db = openReadWrite(this.#dir);
    // Its log was empty when it was copied.
    forgetInUse(db);
    if (renews) renewHistory(db);
    db.close();
    this.writer(true);
    this.#reads = openReads(this.#dir, { clock: this.#now() });
  }

  close(): void {
    this.crashWriter();
    this.#reads?.close();
    this.#reads = undefined;
    this.#used.clear();
    if (this.#dir !== '') rmSync(this.#dir, { recursive: true, force: true });
    this.#dir = '';
  }

  /** Whatever history is running. */
  #now(): Clock {
    return {
      now: () => this.clock.now(),
      monotonic: () => this.clock.monotonic(),
      after: (ms, run) => this.clock.after(ms, run),
    };
  }
}
