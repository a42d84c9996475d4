import { systemClock } from '../../runtime/clock.ts';
import type { AttachmentBytes } from '../attachments/attachment-bytes.ts';
import type { FileUse } from '../attachments/file-use.ts';
import { ChunkStore } from '../postgres/attachments/chunk-store.ts';
import type { OnDatabaseCount } from '../postgres/connection-pool.ts';
import { openDatabase } from '../postgres/database.ts';
import { AttachmentFiles } from '../sqlite/attachments/attachment-files.ts';
import type { StoreLocation } from './location.ts';

/** With PostgreSQL: how many connections one host has for the bytes of attachments. */
const ATTACHMENT_CONNECTIONS = 2;
/** Every upload and every download asks for one chunk at a time. */
const WAITING_MAX = 1_024;

export interface AttachmentBytesOptions {
  /** With SQLite. */
  readonly use: FileUse;
  /** With PostgreSQL: see `DatabaseCount`. */
  readonly onCount?: OnDatabaseCount;
}

/** Opens nothing yet: the first upload or download does. */
export const openAttachmentBytes = (
  location: StoreLocation,
  { use, onCount }: AttachmentBytesOptions,
): AttachmentBytes => {
  if (location.kind === 'sqlite') return new AttachmentFiles(location.dataDir, use, systemClock);
  const database = openDatabase({
    connection: location.connection,
    purpose: 'write',
    connections: ATTACHMENT_CONNECTIONS,
    waitingMax: WAITING_MAX,
    clock: systemClock,
    ...(onCount && { onCount }),
  });
  return new ChunkStore(database);
};
