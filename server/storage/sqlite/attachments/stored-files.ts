import type { NamedBytes } from '../../transfer/attachment-parts.ts';
import type { Db } from '../open.ts';
import { fromBlob } from '../uuid.ts';

/** Rows of one page. */
const PAGE = 1_000;

/** Whether a database has attachments at all: one with an older schema has not. */
const hasAttachments = (db: Db): boolean =>
  db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'attachments'`).get() !== undefined;

/** Every file that a database names, once, in the order of the hashes. */
export function* storedFiles(db: Db): Generator<NamedBytes, void, void> {
  if (!hasAttachments(db)) return;
  const page = db
    .prepare<[Buffer], [sha256: Buffer, id: Buffer, name: string, size: number]>(
      // With min(), SQLite takes the other columns from the row that has it.
      `SELECT sha256, min(id), name, size FROM attachments WHERE sha256 > ? GROUP BY sha256 ORDER BY sha256
       LIMIT ${String(PAGE)}`,
    )
    .raw();
  let after: Buffer = Buffer.alloc(0);
  for (let rows = page.all(after); rows.length > 0; rows = page.all(after)) {
    for (const [sha256, id, name, size] of rows) {
      yield { id: fromBlob(id), name, size, sha256: sha256.toString('hex') };
      after = sha256;
    }
  }
}

/** How many files these are, and their bytes. */
export const storedFileSizes = (db: Db): { readonly files: number; readonly bytes: number } => {
  if (!hasAttachments(db)) return { files: 0, bytes: 0 };
  return (
    db
      .prepare<[], { files: number; bytes: number }>(
        `SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes
         FROM (SELECT max(size) AS size FROM attachments GROUP BY sha256)`,
      )
      .get() ?? { files: 0, bytes: 0 }
  );
};
