import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { openWriter, type StoreWriter } from '../../server/storage/sqlite/open-writer.ts';
import type { FileFound } from '../../server/storage/sqlite/open-at-start.ts';
import { openReads } from '../../server/storage/sqlite/queries.ts';
import { StoreError, type StoreReason } from '../../server/storage/store-error.ts';
import { Talk } from '../faults/store-writer.ts';
import { conversationBetween } from '../support/conversation-between.ts';
import { RandomSource } from '../support/random-source.ts';
import { tempDir, type Scope } from '../support/temp-dir.ts';

export const PAGE = 4_096;

export const refused = (reason: StoreReason, open: () => unknown, says = /parley\.db/): void => {
  assert.throws(open, (error: unknown) => {
    assert.ok(error instanceof StoreError, String(error));
    assert.equal(error.reason, reason, error.message);
    assert.match(error.message, says);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
};

/** Two people who write to each other, in a store that is open. */
export class Writing {
  readonly dir: string;
  readonly store: StoreWriter;
  readonly #talk = new Talk(new RandomSource(7));
  #isClosed = false;

  constructor(scope: Scope) {
    this.dir = join(tempDir(scope), 'data');
    this.store = openWriter(this.dir);
    scope.after(() => {
      this.close();
    });
    this.store.commit(this.#talk.people());
  }

  write(batches: number): void {
    for (let n = 0; n < batches; n += 1)
      assert.ok(this.store.commit(this.#talk.batch(null, 0)).every(({ ok }) => ok));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.store.close();
  }

  get messages(): number {
    return countIn(this.dir);
  }

  /** As a crash leaves it: what has been written, and no orderly end. */
  crashed(scope: Scope): string {
    const copy = tempDir(scope);
    cpSync(this.dir, copy, { recursive: true });
    return copy;
  }
}

export const countIn = (dir: string): number => {
  const queries = openReads(dir);
  const { pair } = new Talk(new RandomSource(7));
  const count = conversationBetween(queries, pair)?.last_seq ?? 0;
  queries.close();
  return count;
};

/** Opens and closes; returns why the whole file was read, or null. */
export const start = (dir: string): FileFound | null => {
  let thorough: FileFound | null = null;
  const store = openWriter(dir, {
    onThorough: (found) => {
      thorough = found;
    },
  });
  store.close();
  return thorough;
};

export const historyIn = (dir: string): string => {
  const queries = openReads(dir);
  const history = queries.history();
  queries.close();
  return history;
};

export const inDir = (dir: string, name: string): string => join(dir, name);
