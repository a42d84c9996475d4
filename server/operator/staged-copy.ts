import { statSync } from 'node:fs';
import { join } from 'node:path';
import { missingRoom } from '../storage/data-dir/disk-usage.ts';
import { removeIfAbandoned } from '../storage/data-dir/temporary-folder.ts';
import { databasePath } from '../storage/sqlite/open.ts';
import type { Audit } from '../storage/writes.ts';
import type { Operator } from './operator.ts';
import { OperatorError } from './operator.ts';

interface StageOptions {
  /** A temporary folder of the data directory, which whoever asks has made and removes. */
  readonly folder: string;
  /** For the record of a backup; null: whoever asked records something else. */
  readonly audit: Audit | null;
}

/** Copies the database into a folder of its own in the data directory, where this account may always write, and records a backup. If
 *  whoever asked is gone when the copy is finished, it is removed.
 *  @throws OperatorError if the disk has not enough room; then nothing was written */
export const stageCopy = async (operator: Operator, { folder, audit }: StageOptions) => {
  const { dataDir } = operator;
  const missing = await missingRoom(dataDir, statSync(databasePath(dataDir)).size);
  if (missing !== null) throw new OperatorError(missing);
  const place = join(dataDir, folder);
  const file = join(place, 'parley.db');
  try {
    const copied = await operator.copyDatabase(file);
    const detail = { bytes: copied.bytes };
    if (audit !== null)
      await operator.write('recordAudit', { audit, action: 'backup', subjectId: null, target: null, detail });
    return { file, ...copied };
  } finally {
    removeIfAbandoned(place);
  }
};
