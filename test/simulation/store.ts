import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWriter, type GroupCommit } from '../../server/storage/group-commit.ts';
import { renewHistory } from '../../server/storage/history.ts';
import { DATABASE_FILE, openReadWrite } from '../../server/storage/open.ts';
import { openQueries, type OpenQueries } from '../../server/storage/queries.ts';
import { systemClock, type Clock } from '../../server/runtime/clock.ts';

const HISTORIES_MAX = 500;
const MEMORY = '/dev/shm';

/** The real store in memory, shared by the histories of a process: each has people, conversations and ids of its own. A
 *  crash of the host is not simulated here: what was committed stands. */
export class SimStore {
  #dir = '';
  #queries: OpenQueries | undefined;
  #writer: GroupCommit | undefined;
  readonly #used = new Set<number>();
  clock: Clock = systemClock;

  constructor() {
    process.on('exit', () => {
      this.close();
    });
  }

  get queries(): OpenQueries {
    if (this.#queries === undefined) throw new Error('begin comes first');
    return this.#queries;
  }

  /** For one history; a seed that was here before gets an empty store. */
  begin(seed: number, clock: Clock): void {
    this.clock = clock;
    if (this.#queries !== undefined && !this.#used.has(seed) && this.#used.size < HISTORIES_MAX) {
      this.#used.add(seed);
      return;
    }
    this.close();
    this.#used.add(seed);
    this.#dir = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'parley-simulation-'));
    this.writer(true);
    this.#queries = openQueries(this.#dir, { clock: this.#now() });
  }

  /** The one writer; opened anew after each crash. `sweep`: as at the start of a process. */
  writer(sweep: boolean): GroupCommit {
    this.#writer ??= openWriter(this.#dir, { clock: this.#now(), sweep });
    return this.#writer;
  }

  /** Nothing that the writer had in memory is left. */
  crashWriter(): void {
    this.#writer?.close();
    this.#writer = undefined;
  }

  /** The file as it is now. */
  copy(): Buffer {
    if (this.#writer?.truncate() === false) throw new Error('a reader stands in the way of the copy');
    return readFileSync(join(this.#dir, DATABASE_FILE));
  }

  /** Puts a copy in the place of everything. `renews`: as a restore makes a new history of it. */
  putBack(copy: Buffer, renews: boolean): void {
    this.crashWriter();
    this.#queries?.close();
    for (const name of readdirSync(this.#dir)) rmSync(join(this.#dir, name));
    writeFileSync(join(this.#dir, DATABASE_FILE), copy);
    if (renews) {
      const db = openReadWrite(this.#dir);
      renewHistory(db);
      db.close();
    }
    this.writer(true);
    this.#queries = openQueries(this.#dir, { clock: this.#now() });
  }

  close(): void {
    this.crashWriter();
    this.#queries?.close();
    this.#queries = undefined;
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
