import { PassThrough, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** One file of an archive. */
export interface ArchiveEntry {
  /** With `/` between folders. Outside ASCII it is written as UTF-8, and marked so. */
  readonly name: string;
  /** Null for bytes that are compressed already. */
  readonly compress: boolean;
  /** Its content, made while it is read. */
  readonly content: () => AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;
}

const FILE_MODE = 0o100644;
/** Text becomes a fifth of its size; higher levels cost much more of the processor for little. */
const LEVEL = 4;

/** A ZIP file as a stream of bytes. It holds a few pieces of one entry at a time, and asks for an entry only when those before it are
 *  read: `entries` may depend on them. Entries and archives of any size and number are allowed (ZIP64). If an entry throws, so does the
 *  archive, and what there is of it has no directory: no program takes it for whole. `at`: the time of all entries. */
export async function* zipArchive(
  entries: AsyncIterable<ArchiveEntry> | Iterable<ArchiveEntry>,
  at: Date,
): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const output = zip.outputStream.pipe(new PassThrough());
  let current: Readable | undefined;
  const fill = async (): Promise<void> => {
    for await (const { name, compress, content } of entries) {
      if (output.destroyed) return;
      current = Readable.from(content(), { objectMode: false, highWaterMark: 1 });
      const options = { mtime: at, mode: FILE_MODE, compressionLevel: compress ? LEVEL : 0 };
      zip.addReadStream(current, name, options);
      await finished(current);
    }
    zip.end();
  };
  zip.on('error', (error: Error) => output.destroy(error));
  const filled = fill().catch((error: unknown) => {
    output.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    for await (const chunk of output) yield chunk as Uint8Array;
  } finally {
    // Whoever reads no further leaves an entry behind that nobody would read.
    output.destroy();
    current?.destroy();
    await filled;
  }
}
