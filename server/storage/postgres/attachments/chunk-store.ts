import type { AttachmentBytes, IncomingBytes } from '../../attachments/attachment-bytes.ts';
import type { ContinuedUpload, KeptUpload } from '../../attachments/kept-upload.ts';
import type { StoredAttachment } from '../../attachments/stored-attachment.ts';
import { cannotRead } from '../../read-fault.ts';
import { DatabaseError } from '../database-error.ts';
import type { Database } from '../sql.ts';
import {
  CHUNK,
  CHUNK_BYTES,
  END_ABANDONED_UPLOADS,
  END_UPLOAD,
  KEPT_UPLOADS,
  REMOVE_CHUNKS,
  SWEEP_UPLOADS,
  TAKE_UPLOAD,
} from './attachment-statements.ts';
import { IncomingRows } from './incoming-rows.ts';
import { continueKept, lockKept } from './kept-rows.ts';
import { storing } from './storing.ts';

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The bytes of attachments as rows of the database, so that a host keeps nothing. */
export class ChunkStore implements AttachmentBytes {
  readonly #database: Database;
  #isStopped = false;

  /** `database`: a few connections of its own, so that no message waits for a file. */
  constructor(database: Database) {
    this.#database = database;
  }

  async receive(id: string, size = 0, continued?: ContinuedUpload): Promise<IncomingBytes> {
    if (continued === undefined) return await IncomingRows.begin(this.#database, id);
    const taker = await storing(() => continueKept(this.#database, id, size, continued));
    return await IncomingRows.continue(this.#database, { id, taker, from: continued.from });
  }

  async kept(id: string): Promise<KeptUpload | null> {
    return await storing(() =>
      this.#database.transaction(async (sql) => {
        const kept = await lockKept(sql, id);
        if (kept !== null) await sql.query(TAKE_UPLOAD, [id]);
        return kept;
      }),
    );
  }

  async keptOf(userId: string): Promise<number> {
    const [[count] = [0]] = await storing(() => this.#database.query(KEPT_UPLOADS, [userId]));
    return count;
  }

  /** Chunks without an upload are those of an attachment. */
  async forget(id: string): Promise<void> {
    await storing(() =>
      this.#database.transaction(async (sql) => {
        if ((await sql.run(END_UPLOAD, [id])) > 0) await sql.run(REMOVE_CHUNKS, [[id]]);
      }),
    );
  }

  /** Looks for the first chunk. A connection is taken for one chunk at a time: a client that reads slowly keeps none. */
  async read({ id }: Pick<StoredAttachment, 'id'>, range: Range): Promise<AsyncIterable<Uint8Array> | null> {
    if (range.from >= range.to) return nothing();
    const first = await this.#chunk(id, chunkOf(range.from));
    return first === null ? null : this.#pieces(id, range, first);
  }

  /** Uploads whose host has died or has lost the database. */
  async sweep(): Promise<number> {
    let removed = 0;
    while (!this.#isStopped) {
      const ended = await this.#database.transaction(async (sql) => {
        const ids = (await sql.query(END_ABANDONED_UPLOADS)).map(([id]) => id);
        if (ids.length > 0) await sql.run(REMOVE_CHUNKS, [ids]);
        return ids.length;
      });
      removed += ended;
      if (ended < SWEEP_UPLOADS) break;
    }
    return removed;
  }

  hold(): () => void {
    return () => undefined;
  }

  close(): Promise<void> {
    this.#isStopped = true;
    return this.#database.close();
  }

  async *#pieces(id: string, { from, to }: Range, first: Uint8Array): AsyncGenerator<Uint8Array> {
    let chunk: Uint8Array | null = first;
    for (let at = from; at < to;) {
      const n = chunkOf(at);
      chunk ??= await this.#chunk(id, n);
      const start = at - n * CHUNK_BYTES;
      const piece: Uint8Array | undefined = chunk?.subarray(start, start + to - at);
      if (piece === undefined || piece.byteLength === 0)
        throw new Error('the attachment has fewer bytes than it had');
      chunk = null;
      yield piece;
      at += piece.byteLength;
    }
  }

  async #chunk(id: string, n: number): Promise<Uint8Array | null> {
    try {
      const [row] = await this.#database.query(CHUNK, [id, n]);
      return row?.[0] ?? null;
    } catch (error) {
      throw error instanceof DatabaseError && error.kind !== 'statement' ? cannotRead(error) : error;
    }
  }
}

const chunkOf = (at: number): number => Math.floor(at / CHUNK_BYTES);

// eslint-disable-next-line @typescript-eslint/require-await -- an empty iterable that is read like the others
async function* nothing(): AsyncGenerator<Uint8Array> {
  yield* [];
}
