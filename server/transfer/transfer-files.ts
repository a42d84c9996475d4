import { open, rename, type FileHandle } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inTemporaryFolder } from '../backup/temporary.ts';
import { syncFolder } from '../storage/sqlite/files/file-state.ts';
import { endLine, ExportDigest, type ExportSummary } from '../storage/transfer/export-digest.ts';
import { HEADER, type ExportRecords } from '../storage/transfer/export-record.ts';
import type { Lines } from '../storage/transfer/parse-export.ts';
import { isDiskFull } from '../storage/store-error.ts';
import { TransferError } from '../storage/transfer/transfer-error.ts';

const CHUNK = 256 * 1024;
/** The longest records, a part of an attachment and a message of 5,000 code points, each written as an escape of 12 characters, are far
 *  shorter. */
const LINE_MAX = 1024 * 1024;
const NEWLINE = 0x0a;

/** The error of a system call on `path` in words. */
export const systemFault = (path: string, error: unknown): TransferError => {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  if (code === 'ENOENT') return new TransferError('missing', `there is no file at ${path}`, error);
  if (isDiskFull(error))
    return new TransferError('system', `the disk is full: ${path} can't be written`, error);
  return new TransferError('system', `${path} can't be used (${code})`, error);
};

/** @throws TransferError `target`, `missing` */
export const refuseTarget = (path: string): void => {
  if (existsSync(path))
    throw new TransferError('target', `${path} is there already; an export never replaces a file`);
  if (!existsSync(dirname(path)))
    throw new TransferError('missing', `there is no directory ${dirname(path)}`);
};

/** Writes an export to `path`, which must not exist. The name appears when the file is complete and synced, never before. Readable for
 *  this account only. @throws TransferError `target`, `missing`, `system` */
export const writeExport = async (
  path: string,
  records: ExportRecords,
): Promise<ExportSummary & { readonly bytes: number }> => {
  refuseTarget(path);
  return inTemporaryFolder(dirname(path), '.parley-export-', async (folder) => {
    const aside = join(folder, 'export.jsonl');
    let file: FileHandle | undefined;
    try {
      file = await open(aside, 'wx', 0o600);
      const written = await writeLines(file, records);
      await file.sync();
      await file.close();
      refuseTarget(path);
      await rename(aside, path);
      syncFolder(dirname(path));
      return written;
    } catch (error) {
      await file?.close().catch(() => undefined);
      throw isOfSystem(error) ? systemFault(path, error) : error;
    }
  });
};

/** Errors of files, and no others: those of a database say more themselves. */
export const isOfSystem = (error: unknown): boolean =>
  /^E[A-Z]+$/.test((error as NodeJS.ErrnoException).code ?? '') &&
  (error as NodeJS.ErrnoException).syscall !== undefined;

const writeLines = async (file: FileHandle, records: ExportRecords) => {
  const digest = new ExportDigest();
  let bytes = 0;
  let waiting = `${HEADER}\n`;
  const flush = async (): Promise<void> => {
    const chunk = Buffer.from(waiting);
    bytes += chunk.length;
    waiting = '';
    await file.writeFile(chunk);
  };
  for await (const record of records) {
    waiting += digest.add(record);
    if (waiting.length >= CHUNK) await flush();
  }
  const summary = digest.end();
  waiting += `${endLine(summary)}\n`;
  await flush();
  return { ...summary, bytes };
};

/** The bytes of a file, piece by piece. A piece is good until the next one is asked for. @throws TransferError `missing`, `system` */
export async function* chunksOf(path: string): AsyncGenerator<Uint8Array, void, void> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw systemFault(path, error);
  });
  try {
    const chunk = Buffer.allocUnsafe(CHUNK);
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK).catch((error: unknown) => {
        throw systemFault(path, error);
      });
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** The lines of a file. Holds one of them, which has at most `longest` bytes, and a piece of the file.
 *  @throws TransferError `missing`, `system`, `damaged` */
export async function* linesOf(path: string, longest = LINE_MAX): Lines {
  // Pieces are put together once a line ends: doing so with each of them would copy a long line over and over.
  let pieces: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunksOf(path)) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      yield { bytes: Buffer.concat([...pieces, chunk.subarray(from, at)]), isEnded: true };
      pieces = [];
      length = 0;
      from = at + 1;
    }
    // The chunk is filled anew.
    const rest = Buffer.from(chunk.subarray(from));
    pieces.push(rest);
    length += rest.length;
    if (length > longest)
      throw new TransferError('damaged', `${path} holds a line that is too long to be one of an export`);
  }
  if (length > 0) yield { bytes: Buffer.concat(pieces), isEnded: false };
}
