import { statSync } from 'node:fs';
import { join } from 'node:path';
import { missingRoom } from '../storage/data-dir/disk-usage.ts';
import { linkAttachments } from '../storage/sqlite/attachments/attachment-tree.ts';
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

/** Copies the database into a folder of its own in the data directory, where this account may always write, with the files of all
 *  attachments, and records a backup. The files are the ones of the server under a second name, or copies where the disk allows no second
 *  names; none is removed while the database is copied. If whoever asked is gone when the copy is finished, it is removed.
 *  @throws OperatorError if the disk has not enough room */
export const stageCopy = async (operator: Operator, { folder, audit }: StageOptions) => {
  const { dataDir } = operator;
  await checkRoom(dataDir, statSync(databasePath(dataDir)).size);
  const place = join(dataDir, folder);
  const file = join(place, 'parley.db');
  const release = operator.attachments.hold();
  try {
    const copied = await operator.copyDatabase(file);
    await linkAttachments(dataDir, place, (bytes) => checkRoom(dataDir, bytes));
    const detail = { bytes: copied.bytes };
    if (audit !== null)
      await operator.write('recordAudit', { audit, action: 'backup', subjectId: null, target: null, detail });
    return { file, ...copied };
  } finally {
    release();
    removeIfAbandoned(place);
  }
};

const checkRoom = async (dataDir: string, bytes: number): Promise<void> => {
  const missing = await missingRoom(dataDir, bytes);
  if (missing !== null) throw new OperatorError(missing);
};
