import type { StoredAttachment } from '../../attachments/stored-attachment.ts';
import { fromBlob } from '../uuid.ts';

/** What is shown of a row of `attachments a`. */
export const ATTACHMENT_COLUMNS = 'a.id, a.name, a.type, a.size, a.sha256';
export type RawAttachment = [id: Buffer, name: string, type: string, size: number, sha256: Buffer];

export const toAttachment = ([id, name, type, size, sha256]: readonly [
  ...RawAttachment,
  ...unknown[],
]): StoredAttachment => ({ id: fromBlob(id), name, type, size, sha256: sha256.toString('hex') });
