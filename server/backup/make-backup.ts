import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RELEASE } from '../protocol/release.ts';
import { checkContent } from '../storage/sqlite/files/content-check.ts';
import { storeDigests } from '../storage/sqlite/log-digests.ts';
import { SCHEMA_VERSION } from '../storage/sqlite/migrate.ts';
import { openReadOnly } from '../storage/sqlite/open.ts';
import { writeArchive, type Part } from './archive.ts';
import { FORMAT, KEY_FILES, logLine, PARTS, type Manifest } from './manifest.ts';

export interface BackupMade {
  readonly bytes: number;
  readonly manifest: Manifest;
}

/** Makes the file of a backup from a copy of the database that nobody writes to any more. Takes as long as it takes to read the copy
 *  three times: for its integrity, for the digests, and into the file. `copy`: the database. `dataDir`: where the keys are. `madeAt`:
 *  milliseconds since the epoch.
 *  @throws BackupError `target`, `system`; StoreError `damaged` if what the server holds is damaged */
export const makeBackup = async (
  path: string,
  { copy, dataDir, madeAt }: { readonly copy: string; readonly dataDir: string; readonly madeAt: number },
): Promise<BackupMade> => {
  const { digests, history, bytes } = contentOf(copy);
  const keys = KEY_FILES.filter((name) => existsSync(join(dataDir, name)));
  const manifest: Manifest = {
    format: FORMAT,
    program: RELEASE,
    schema: SCHEMA_VERSION,
    made_at: new Date(madeAt).toISOString(),
    history,
    counts: digests.counts,
    database_bytes: bytes,
    keys: [...keys],
  };
  const parts: readonly Part[] = [
    { name: PARTS.manifest, content: Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`) },
    ...keys.map((name) => ({ name, content: readFileSync(join(dataDir, name)) })),
    { name: PARTS.logs, content: Buffer.from(digests.logs.map(logLine).join('')) },
    { name: PARTS.database, content: { file: copy, size: bytes } },
  ];
  return { bytes: await writeArchive(path, parts, madeAt), manifest };
};

const contentOf = (copy: string) => {
  const db = openReadOnly(copy);
  try {
    checkContent(db, true);
    const history =
      db.prepare<[], string>(`SELECT value FROM meta WHERE key = 'history'`).pluck().get() ?? '';
    const bytes =
      Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }));
    return { digests: storeDigests(db), history, bytes };
  } finally {
    db.close();
  }
};
