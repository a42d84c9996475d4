import { spawnSync } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { tempDir, type Scope } from './temp-dir.ts';

const opened = (bytes: Buffer): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true, strictFileNames: true }, (error, zip) => {
      if (error === null) resolve(zip);
      else reject(error);
    });
  });

const contentOf = (zip: ZipFile, entry: Entry): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error === null) resolve(buffer(stream));
      else reject(error);
    });
  });

/** The files of a ZIP archive by their names, in its order, read by another library than the one that wrote it. Sizes and sums are checked.
 *  Rejects if it is no archive, or not whole. */
export const filesOfZip = async (bytes: Buffer): Promise<ReadonlyMap<string, Buffer>> => {
  const zip = await opened(bytes);
  const files = new Map<string, Buffer>();
  const ended = new Promise<void>((resolve, reject) => {
    zip.on('error', reject).on('end', resolve);
  });
  zip.on('entry', (entry: Entry) => {
    contentOf(zip, entry).then(
      (content) => {
        if (files.has(entry.fileName)) zip.emit('error', new Error(`${entry.fileName} is there twice`));
        files.set(entry.fileName, content);
        zip.readEntry();
      },
      (error: unknown) => zip.emit('error', error),
    );
  });
  zip.readEntry();
  await ended;
  return files;
};

/** What other programs say of an archive: null where none of them is installed. */
export const checkedByPrograms = (scope: Scope, bytes: Buffer): string | null => {
  const file = join(tempDir(scope), 'archive.zip');
  writeFileSync(file, bytes);
  const programs = [
    ['unzip', '-t', file],
    ['python3', '-m', 'zipfile', '-t', file],
  ] as const;
  const told = programs.flatMap(([program, ...args]) => {
    const { error, status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    if (error !== undefined) return [];
    if (status !== 0) throw new Error(`${program}: ${stdout}${stderr}`);
    return [program];
  });
  return told.length === 0 ? null : told.join(', ');
};

export const linesOf = <T>(file: Buffer | undefined): readonly T[] => {
  const text = file?.toString('utf8') ?? '';
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line is not whole');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);
};
