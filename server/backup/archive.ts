import { createHash, type Hash } from 'node:crypto';
import { open, rename, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Header } from 'tar';
import { syncFolder } from '../storage/sqlite/files/file-state.ts';
import { nameOfAttachment, type NamedBytes } from '../storage/transfer/attachment-parts.ts';
import { BackupError, systemFault } from './backup-error.ts';
import { inTemporaryFolder } from './temporary.ts';

/** The file of a backup is a tar archive, so that `tar` can unpack it where no Parley is. Its last entry is `checksum`: the SHA-256 of
 *  every byte before that entry. The end of the file, from that entry on, has only one spelling. So no byte of the file can change
 *  unnoticed. */

/** `size`: in bytes. `attachment`: what the bytes must be; absent where that is not known. */
type FileContent = { readonly file: string; readonly size: number; readonly attachment?: NamedBytes };
type Content = Uint8Array | FileContent;
export interface Part {
  readonly name: string;
  readonly content: Content;
}

const BLOCK = 512;
const CHECKSUM = 'checksum';
/** The end of the file: the header and the block of `checksum`, and the two empty blocks with which every tar archive ends. */
const TAIL = 4 * BLOCK;
const CHUNK = 1024 * 1024;
/** The largest entry that is read into memory. */
const READ_MAX = 256 * 1024 * 1024;

/** Bytes of an archive with entries of these sizes. */
export const archiveBytes = (sizes: Iterable<number>): number => {
  let bytes = TAIL;
  for (const size of sizes) bytes += BLOCK + size + paddingOf(size);
  return bytes;
};

/** Writes an archive to `path`, which must not exist. The name appears when the archive is complete and synced, never before. Readable
 *  for this account only. `madeAt`: milliseconds since the epoch. Returns the size in bytes.
 *  @throws BackupError `target`, `system`; `damaged` if the bytes of an attachment are missing, or are not what they must be */
export const writeArchive = async (path: string, parts: Iterable<Part>, madeAt: number): Promise<number> => {
  await refuseExisting(path);
  return inTemporaryFolder(dirname(path), '.parley-backup-', async (folder) => {
    const aside = join(folder, 'backup.tar');
    let file: FileHandle | undefined;
    try {
      file = await open(aside, 'wx', 0o600);
      const bytes = await writeParts(file, parts, madeAt);
      await file.sync();
      await file.close();
      await refuseExisting(path);
      await rename(aside, path);
      syncFolder(dirname(path));
      return bytes;
    } catch (error) {
      await file?.close().catch(() => undefined);
      throw error instanceof BackupError ? error : systemFault(path, error);
    }
  });
};

/** @throws BackupError `target`, `system` */
export const refuseExisting = async (path: string): Promise<void> => {
  const found = await open(path, 'r').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw systemFault(path, error);
  });
  if (found === null) return;
  await found.close();
  throw new BackupError('target', `${path} is there already; a backup never replaces a file`);
};

const writeParts = async (file: FileHandle, parts: Iterable<Part>, madeAt: number): Promise<number> => {
  const hash = createHash('sha256');
  let bytes = 0;
  const put = async (chunk: Uint8Array): Promise<void> => {
    hash.update(chunk);
    bytes += chunk.length;
    await file.writeFile(chunk);
  };
  for (const { name, content } of parts) {
    const size = content instanceof Uint8Array ? content.length : content.size;
    await put(headerOf(name, size, madeAt));
    if (content instanceof Uint8Array) await put(content);
    else for await (const chunk of chunksOf(content)) await put(chunk);
    await put(Buffer.alloc(paddingOf(size)));
  }
  await file.writeFile(tailOf(hash));
  return bytes + TAIL;
};

/** Exactly `size` bytes of a file. */
async function* chunksOf({ file: path, size, attachment }: FileContent): AsyncGenerator<Buffer> {
  const hash = attachment === undefined ? null : createHash('sha256');
  let left = size;
  try {
    for await (const chunk of bytesOf(path, size)) {
      left -= chunk.length;
      hash?.update(chunk);
      yield chunk;
    }
  } catch (error) {
    if (attachment !== undefined && (error as NodeJS.ErrnoException).code === 'ENOENT')
      throw notAsStored(attachment, 'is missing');
    throw error;
  }
  if (attachment !== undefined && (left !== 0 || hash?.digest('hex') !== attachment.sha256))
    throw notAsStored(attachment, 'has other bytes than were stored');
  if (left !== 0) throw new BackupError('system', `${path} became shorter while it was read`);
}

async function* bytesOf(path: string, size: number): AsyncGenerator<Buffer> {
  // The call that opens it says if it is not there.
  const file = await open(path, 'r');
  if (size === 0) await file.close();
  else yield* file.createReadStream({ highWaterMark: CHUNK, end: size - 1 }) as AsyncIterable<Buffer>;
}

const notAsStored = (attachment: NamedBytes, what: string): BackupError =>
  new BackupError(
    'damaged',
    `what the server holds is damaged: the file ${attachment.sha256} of ${nameOfAttachment(attachment)} ${what}. ` +
      'Take it from another backup: docs/backup.md says how.',
  );

const headerOf = (path: string, size: number, atMs: number): Buffer => {
  const block = Buffer.alloc(BLOCK);
  const mtime = new Date(Math.floor(atMs / 1000) * 1000);
  new Header({ path, size, mode: 0o600, uid: 0, gid: 0, mtime, type: 'File' }).encode(block);
  return block;
};

const paddingOf = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

/** `hash` over everything before. */
const tailOf = (hash: Hash): Buffer => {
  const text = `${hash.digest('hex')}\n`;
  return Buffer.concat([headerOf(CHECKSUM, text.length, 0), Buffer.from(text)], TAIL);
};

interface Entry {
  readonly size: number;
  readonly offset: number;
}

/** An archive of which every byte was checked. */
export interface Archive {
  /** @throws BackupError `damaged` if there is no such entry */
  read(name: string): Promise<Buffer>;
  /** Writes an entry to a new file, synced, readable for this account only. Returns the SHA-256 of its bytes in lower-case hex. */
  extract(name: string, to: string): Promise<string>;
  /** How many entries have a name that begins like this, and the bytes of these. */
  sizeOf(prefix: string): { readonly entries: number; readonly bytes: number };
  close(): Promise<void>;
}

/** Reads the whole file once and checks it.
 *  @throws BackupError `missing`, `foreign`, `damaged`, `system` */
export const openArchive = async (path: string): Promise<Archive> => {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw systemFault(path, error);
  });
  try {
    const { size } = await file.stat();
    await checkBytes(file, path, size);
    return archiveOn(file, path, await entriesOf(file, path, size - TAIL));
  } catch (error) {
    await file.close();
    throw error instanceof BackupError ? error : systemFault(path, error);
  }
};

const damaged = (path: string, what: string): BackupError =>
  new BackupError('damaged', `${path} is damaged: ${what}. Use another backup.`);

/** A header that cannot be read is like one without a name: the library throws for a number in a damaged spelling. */
const headerIn = (block: Buffer): Pick<Header, 'path' | 'size' | 'cksumValid'> => {
  try {
    return new Header(block, 0);
  } catch {
    return { cksumValid: false };
  }
};

const checkBytes = async (file: FileHandle, path: string, size: number): Promise<void> => {
  const start = Buffer.alloc(BLOCK);
  await file.read(start, 0, BLOCK, 0);
  if (headerIn(start).path !== 'manifest.json')
    throw size === 0
      ? damaged(path, 'it is empty')
      : new BackupError('foreign', `${path} is not a backup of Parley, or its beginning is damaged`);
  if (size < TAIL + BLOCK || size % BLOCK !== 0) throw damaged(path, 'its end is missing');
  const hash = createHash('sha256');
  for await (const chunk of partOf(file, 0, size - TAIL)) hash.update(chunk);
  const tail = Buffer.alloc(TAIL);
  await file.read(tail, 0, TAIL, size - TAIL);
  if (headerIn(tail).path !== CHECKSUM) throw damaged(path, 'its end is missing');
  if (!tail.equals(tailOf(hash))) throw damaged(path, 'its checksum is wrong');
};

async function* partOf(file: FileHandle, from: number, length: number): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK);
  for (let at = from; at < from + length;) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(CHUNK, from + length - at), at);
    if (bytesRead === 0) throw new BackupError('damaged', 'the file became shorter while it was read');
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

const entriesOf = async (
  file: FileHandle,
  path: string,
  end: number,
): Promise<ReadonlyMap<string, Entry>> => {
  const entries = new Map<string, Entry>();
  const block = Buffer.alloc(BLOCK);
  for (let at = 0; at < end;) {
    await file.read(block, 0, BLOCK, at);
    const { path: name, size, cksumValid } = headerIn(block);
    if (!cksumValid || name === undefined || size === undefined || at + BLOCK + size > end)
      throw damaged(path, 'its table of contents contradicts itself');
    entries.set(name, { size, offset: at + BLOCK });
    at += BLOCK + size + paddingOf(size);
  }
  return entries;
};

const archiveOn = (file: FileHandle, path: string, entries: ReadonlyMap<string, Entry>): Archive => {
  const find = (name: string): Entry => {
    const entry = entries.get(name);
    if (entry === undefined) throw damaged(path, `it has no ${name}`);
    return entry;
  };
  return {
    async read(name) {
      const { size, offset } = find(name);
      if (size > READ_MAX) throw damaged(path, `its ${name} is too long`);
      const chunks: Buffer[] = [];
      for await (const chunk of partOf(file, offset, size)) chunks.push(Buffer.from(chunk));
      return Buffer.concat(chunks);
    },
    async extract(name, to) {
      const { size, offset } = find(name);
      const hash = createHash('sha256');
      try {
        const target = await open(to, 'wx', 0o600);
        try {
          for await (const chunk of partOf(file, offset, size)) {
            hash.update(chunk);
            await target.writeFile(chunk);
          }
          await target.sync();
          return hash.digest('hex');
        } finally {
          await target.close();
        }
      } catch (error) {
        throw error instanceof BackupError ? error : systemFault(to, error);
      }
    },
    sizeOf(prefix) {
      const found = [...entries].filter(([name]) => name.startsWith(prefix));
      return { entries: found.length, bytes: found.reduce((sum, [, { size }]) => sum + size, 0) };
    },
    close: () => file.close(),
  };
};
