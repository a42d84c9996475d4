import { createHash } from 'node:crypto';
import type { IncomingBytes } from '../../attachments/attachment-bytes.ts';
import type { Database } from '../sql.ts';
import { ADD_CHUNK, BEGIN_UPLOAD, CHUNK_BYTES, END_UPLOAD, REMOVE_CHUNKS } from './attachment-statements.ts';
import { storing } from './storing.ts';

/** An upload that is written to rows, each in a transaction of its own: nobody waits for a lock of it. */
export class IncomingRows implements IncomingBytes {
  readonly #database: Database;
  readonly #id: string;
  readonly #hash = createHash('sha256');
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  /** Of the chunk. */
  #filled = 0;
  #chunks = 0;
  #size = 0;
  #isRecorded = false;

  private constructor(database: Database, id: string) {
    this.#database = database;
    this.#id = id;
  }

  static async begin(database: Database, id: string): Promise<IncomingRows> {
    await storing(() => database.transaction((sql) => sql.run(BEGIN_UPLOAD, [id])));
    return new IncomingRows(database, id);
  }

  async write(piece: Uint8Array): Promise<void> {
    this.#hash.update(piece);
    this.#size += piece.byteLength;
    for (let at = 0; at < piece.byteLength;) {
      const taken = piece.subarray(at, at + CHUNK_BYTES - this.#filled);
      this.#chunk.set(taken, this.#filled);
      this.#filled += taken.byteLength;
      at += taken.byteLength;
      if (this.#filled === CHUNK_BYTES) await this.#store();
    }
  }

  async finish<T>(
    record: (file: { readonly size: number; readonly sha256: string }) => Promise<T>,
  ): Promise<T> {
    try {
      if (this.#filled > 0) await this.#store();
    } catch (error) {
      await this.abort();
      throw error;
    }
    this.#isRecorded = true;
    return await record({ size: this.#size, sha256: this.#hash.digest('hex') });
  }

  async abort(): Promise<void> {
    if (this.#isRecorded) return;
    // What cannot be removed now, the sweep removes after a day.
    await this.#database
      .transaction(async (sql) => {
        await sql.run(END_UPLOAD, [this.#id]);
        await sql.run(REMOVE_CHUNKS, [[this.#id]]);
      })
      .catch(() => undefined);
  }

  async #store(): Promise<void> {
    const bytes = this.#chunk.subarray(0, this.#filled);
    const n = this.#chunks;
    await storing(() => this.#database.transaction((sql) => sql.run(ADD_CHUNK, [this.#id, n, bytes])));
    this.#chunks += 1;
    this.#filled = 0;
  }
}
