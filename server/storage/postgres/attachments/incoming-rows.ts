import { createHash } from 'node:crypto';
import type { IncomingBytes } from '../../attachments/attachment-bytes.ts';
import { continuedElsewhere } from '../../attachments/kept-upload.ts';
import type { Database, Sql } from '../sql.ts';
import {
  ADD_CHUNK,
  BEGIN_UPLOAD,
  CHUNK,
  CHUNK_BYTES,
  END_UPLOAD,
  NOTE_RECEIVED,
  PUT_CHUNK,
  REMOVE_CHUNKS,
} from './attachment-statements.ts';
import { storing } from './storing.ts';

/** An upload that is kept. `taker`: with which it can be added to, as long as nobody else has taken it over. */
interface TakenUpload {
  readonly id: string;
  readonly taker: string;
  readonly from: number;
}

/** An upload that is written to rows, each in a transaction of its own: nobody waits for a lock of it. */
export class IncomingRows implements IncomingBytes {
  readonly #database: Database;
  readonly #id: string;
  /** Null if it is not kept. */
  readonly #taker: string | null;
  readonly #hash = createHash('sha256');
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  /** Of the chunk. */
  #filled = 0;
  #chunks = 0;
  #size = 0;
  /** Of the bytes. */
  #stored = 0;
  #isRecorded = false;

  private constructor(database: Database, id: string, taker: string | null) {
    this.#database = database;
    this.#id = id;
    this.#taker = taker;
  }

  static async begin(database: Database, id: string): Promise<IncomingRows> {
    await storing(() => database.transaction((sql) => sql.run(BEGIN_UPLOAD, [id])));
    return new IncomingRows(database, id, null);
  }

  /** Goes on after the bytes that are there, which are read for the hash. */
  static async continue(database: Database, { id, taker, from }: TakenUpload): Promise<IncomingRows> {
    const incoming = new IncomingRows(database, id, taker);
    while (incoming.#size < from) {
      const n = incoming.#chunks;
      const [row] = await storing(() => database.query(CHUNK, [id, n]));
      const bytes = row?.[0].subarray(0, from - incoming.#size);
      if (bytes === undefined || bytes.byteLength === 0)
        throw new Error('an upload has fewer bytes than it had');
      incoming.#take(bytes);
      if (incoming.#filled === CHUNK_BYTES) incoming.#nextChunk();
    }
    incoming.#stored = from;
    return incoming;
  }

  async write(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.byteLength;) {
      const taken = piece.subarray(at, at + CHUNK_BYTES - this.#filled);
      this.#take(taken);
      at += taken.byteLength;
      if (this.#filled === CHUNK_BYTES) {
        await this.#store();
        this.#nextChunk();
      }
    }
  }

  async finish<T>(
    record: (file: { readonly size: number; readonly sha256: string }) => Promise<T>,
  ): Promise<T> {
    try {
      if (this.#size > this.#stored) await this.#store();
    } catch (error) {
      await this.abort();
      throw error;
    }
    this.#isRecorded = true;
    return await record({ size: this.#size, sha256: this.#hash.digest('hex') });
  }

  async abort(): Promise<void> {
    if (this.#isRecorded) return;
    // What cannot be removed now, the sweep removes after a day. What is kept and cannot be stored now has to come again.
    const work = this.#taker === null ? this.#remove() : this.#size > this.#stored ? this.#store() : null;
    await work?.catch(() => undefined);
  }

  #take(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#chunk.set(bytes, this.#filled);
    this.#filled += bytes.byteLength;
    this.#size += bytes.byteLength;
  }

  #nextChunk(): void {
    this.#chunks += 1;
    this.#filled = 0;
  }

  async #store(): Promise<void> {
    await storing(() => this.#database.transaction((sql) => this.#storeIn(sql)));
    this.#stored = this.#size;
  }

  async #storeIn(sql: Sql): Promise<void> {
    const chunk = [this.#id, this.#chunks, this.#chunk.subarray(0, this.#filled)];
    if (this.#taker === null) {
      await sql.run(ADD_CHUNK, chunk);
      return;
    }
    const [noted] = await Promise.all([
      sql.run(NOTE_RECEIVED, [this.#id, this.#taker, this.#size]),
      sql.run(PUT_CHUNK, chunk),
    ]);
    // Undoes the chunk too.
    if (noted === 0) throw continuedElsewhere();
  }

  #remove(): Promise<void> {
    return this.#database.transaction(async (sql) => {
      await sql.run(END_UPLOAD, [this.#id]);
      await sql.run(REMOVE_CHUNKS, [[this.#id]]);
    });
  }
}
