import { closeSync, openSync, readSync } from 'node:fs';

/** `meta.generation` read from the bytes of the files, without SQLite, which would first apply the log to the database. */

/** The generation, and the one before while it changes. */
const GENERATION = /generation([0-9a-f]{32})([0-9a-f]{32})?/g;
const WAL_MAGIC = 0x377f0682;
const WAL_HEADER = 32;
const FRAME_HEADER = 24;
/** Bytes of the log that are read at a time. */
const STEP = 256;

const foundIn = (page: Buffer): { readonly current: string; readonly before: string | undefined }[] =>
  [...page.toString('latin1').matchAll(GENERATION)].map(([, current = '', before]) => ({ current, before }));

const withFile = <T>(path: string, read: (file: number) => T): T | null => {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return read(file);
  } finally {
    closeSync(file);
  }
};

/** The first bytes of a file, fewer where it is shorter; null where there is none. */
export const headOf = (path: string, bytes: number): Buffer | null => readAt(path, 0, bytes);

const readAt = (path: string, position: number, bytes: number): Buffer | null =>
  withFile(path, (file) => {
    const buffer = Buffer.alloc(bytes);
    return buffer.subarray(0, readSync(file, buffer, 0, bytes, position));
  });

/** The bytes of a page of the database file, from its header; 0 where that is none. */
export const pageSizeOf = (head: Buffer): number => {
  if (head.length < 100 || head.toString('latin1', 0, 16) !== 'SQLite format 3\0') return 0;
  const size = head.readUInt16BE(16);
  return size === 1 ? 65_536 : size;
};

/** The generations on page `metaPage` of the database file; none if that is not the page of `meta`. */
export const generationsInFile = (path: string, metaPage: number): readonly string[] => {
  const size = pageSizeOf(headOf(path, 100) ?? Buffer.alloc(0));
  const page = size === 0 ? null : readAt(path, (metaPage - 1) * size, size);
  return page === null ? [] : foundIn(page).map(({ current }) => current);
};

/** The generations that the log permits for the database: those in frames of page `metaPage`, within the frames that belong to
 *  the log's header, up to the first of `wanted`. Frames that were never committed are included; that can only make two files
 *  match that do not. */
export const generationsInWal = (
  path: string,
  metaPage: number,
  wanted: readonly string[],
): ReadonlySet<string> => {
  const found = new Set<string>();
  withFile(path, (file) => {
    const header = Buffer.alloc(WAL_HEADER);
    if (readSync(file, header, 0, WAL_HEADER, 0) < WAL_HEADER) return;
    // The lowest bit says in which order its checksums count the bytes.
    if ((header.readUInt32BE(0) & ~1) >>> 0 !== WAL_MAGIC) return;
    const size = FRAME_HEADER + header.readUInt32BE(8);
    if (size > 65_536 + FRAME_HEADER) return;
    const frames = Buffer.alloc(size * STEP);
    for (let at = WAL_HEADER; ; at += frames.length) {
      const whole = Math.floor(readSync(file, frames, 0, frames.length, at) / size);
      for (let n = 0; n < whole; n += 1) {
        const frame = frames.subarray(n * size, (n + 1) * size);
        // The salt is of an earlier log: the remaining frames are left over.
        if (frame.compare(header, 16, 24, 8, 16) !== 0) return;
        if (frame.readUInt32BE(0) !== metaPage) continue;
        for (const { current, before } of foundIn(frame.subarray(FRAME_HEADER))) {
          found.add(current);
          if (before !== undefined) found.add(before);
        }
        if (wanted.some((value) => found.has(value))) return;
      }
      if (whole < STEP) return;
    }
  });
  return found;
};

/** Whether `value` is one of these, or made of them position by position: if a power cut happened while a page was written, the
 *  page may mix two versions, and the log repairs it. */
export const isMadeOf = (value: string, known: Iterable<string>): boolean => {
  const all = [...known];
  return [...value].every((letter, at) => all.some((each) => each[at] === letter));
};
