import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RELEASE } from '../protocol/release.ts';
import { filePath } from '../storage/sqlite/attachments/attachment-folder.ts';
import { storedFiles, storedFileSizes } from '../storage/sqlite/attachments/stored-files.ts';
import { checkContent } from '../storage/sqlite/files/content-check.ts';
import { storeDigests } from '../storage/sqlite/log-digests.ts';
import { SCHEMA_VERSION } from '../storage/sqlite/migrate.ts';
import { openReadOnly, type Db } from '../storage/sqlite/open.ts';
import { archiveBytes, writeArchive, type Part } from './archive.ts';
import { FORMAT, KEY_FILES, logLine, PARTS, type Manifest } from './manifest.ts';
import { checkRoom } from './room.ts';

export interface BackupMade {
  readonly bytes: number;
  readonly manifest: Manifest;
}

/** Makes the file of a backup from a copy of the database that nobody writes to any more. Takes as long as it takes to read the copy
 *  three times: for its integrity, for the digests, and into the file; and the files of attachments once. `copy`: the database, with the
 *  files that it names beside it. `dataDir`: where the keys are. `madeAt`: milliseconds since the epoch.
 *  @throws BackupError `target`, `system`, and `damaged` if a file of an attachment is missing or not what was stored; StoreError `damaged`
 *    if what the server holds is damaged */
export const makeBackup = async (
  path: string,
  { copy, dataDir, madeAt }: { readonly copy: string; readonly dataDir: string; readonly madeAt: number },
): Promise<BackupMade> => {
  const db = openReadOnly(copy);
  try {
    const { digests, history, bytes, attachments } = contentOf(db);
    const keys = KEY_FILES.filter((name) => existsSync(join(dataDir, name)));
    const manifest: Manifest = {
      format: FORMAT,
      program: RELEASE,
      schema: SCHEMA_VERSION,
      made_at: new Date(madeAt).toISOString(),
      history,
      counts: digests.counts,
      database_bytes: bytes,
      attachments,
      keys: [...keys],
    };
    const head: readonly Part[] = [
      { name: PARTS.manifest, content: Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`) },
      ...keys.map((name) => ({ name, content: readFileSync(join(dataDir, name)) })),
      { name: PARTS.logs, content: Buffer.from(digests.logs.map(logLine).join('')) },
    ];
    await checkRoom(
      dirname(path),
      archiveBytes(head.map(({ content }) => (content as Uint8Array).length)) + bytes + attachments.bytes,
    );
    const database: Part = { name: PARTS.database, content: { file: copy, size: bytes } };
    return { bytes: await writeArchive(path, partsOf(db, [...head, database]), madeAt), manifest };
  } finally {
    db.close();
  }
};

const contentOf = (db: Db) => {
  checkContent(db, true);
  const history = db.prepare<[], string>(`SELECT value FROM meta WHERE key = 'history'`).pluck().get() ?? '';
  const bytes =
    Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }));
  return { digests: storeDigests(db), history, bytes, attachments: storedFileSizes(db) };
};

/** Then the attachments, as they are asked for. */
function* partsOf(db: Db, first: readonly Part[]): Generator<Part, void, void> {
  yield* first;
  for (const attachment of storedFiles(db)) {
    const { sha256, size } = attachment;
    const file = filePath(dirname(db.name), sha256);
    yield { name: PARTS.attachments + sha256, content: { file, size, attachment } };
  }
}
