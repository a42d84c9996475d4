import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../runtime/clock.ts';
import { databasePath } from '../storage/sqlite/open.ts';
import type { Audit } from '../storage/writes.ts';
import type { Operator } from './operator.ts';
import { OperatorError } from './operator.ts';

/** Folders of the data directory that hold a copy of the database until its backup or its export is made, or one that is being
 *  imported. */
const STAGE = /^(backup-copy|import)-[\da-f-]{36}$/;
/** A command that takes longer than this for its backup has been killed. */
const ABANDONED_MS = 24 * 3_600_000;
/** Bytes that a copy leaves free: the server needs them more. */
const SPARE_BYTES = 64 * 1024 * 1024;

interface StageOptions {
  readonly id: string;
  readonly clock: Clock;
  /** For the record of a backup; null: whoever asked records something else. */
  readonly audit: Audit | null;
}

/** Copies the database into a folder of its own in the data directory, where this account may always write, and
 *  records a backup. Whoever asked removes the folder; after a failure nothing is left.

 *  @throws OperatorError if the disk has not enough room; then nothing was written */
export const stageCopy = async (operator: Operator, { id, clock, audit }: StageOptions) => {
  const { dataDir } = operator;
  removeStages(dataDir, clock.now() - ABANDONED_MS);
  await checkRoom(dataDir);
  const folder = join(dataDir, `backup-copy-${id}`);
  mkdirSync(folder, { mode: 0o700 });
  const file = join(folder, 'parley.db');
  try {
    const copied = await operator.copyDatabase(file);
    const detail = { bytes: copied.bytes };
    if (audit !== null)
      await operator.write('recordAudit', { audit, action: 'backup', subjectId: null, target: null, detail });
    return { file, ...copied };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
};

/** Removes copies that were begun before `before`, milliseconds since the epoch, and that nobody has removed: the command was killed. */
export const removeStages = (dataDir: string, before = Infinity): void => {
  for (const name of readdirSync(dataDir)) {
    if (!STAGE.test(name)) continue;
    const folder = join(dataDir, name);
    const stats = statSync(folder, { throwIfNoEntry: false });
    if (stats !== undefined && stats.mtimeMs < before) rmSync(folder, { recursive: true, force: true });
  }
};

const checkRoom = async (dataDir: string): Promise<void> => {
  const disk = await statfs(dataDir);
  const free = disk.bavail * disk.bsize;
  const needed = statSync(databasePath(dataDir)).size + SPARE_BYTES;
  if (free >= needed) return;
  const mb = (bytes: number): string => `${String(Math.ceil(bytes / 1024 / 1024))} MB`;
  throw new OperatorError(
    `This first needs a copy of the database in ${dataDir}: ${mb(needed)}, and ${mb(free)} are free there.`,
  );
};
