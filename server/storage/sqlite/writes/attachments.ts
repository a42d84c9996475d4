import { UNSENT_ATTACHMENTS_MAX } from '../../../protocol/limits.ts';
import { toBlob } from '../uuid.ts';
import type { MakeWrite } from './context.ts';

type AttachmentValues = [
  ...[id: Buffer, uploader: number, name: string, type: string],
  ...[size: number, sha256: Buffer, at: number],
];

export const addAttachment: MakeWrite<'addAttachment'> = ({ db, users }) => {
  const isKnown = db.read<[Buffer], number>('SELECT EXISTS (SELECT 1 FROM attachments WHERE id = ?)').pluck();
  const unsent = db
    .read<[number], number>('SELECT count(*) FROM attachments WHERE uploader = ? AND conversation IS NULL')
    .pluck();
  const insert = db.write<AttachmentValues>(
    'INSERT INTO attachments (id, uploader, name, type, size, sha256, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  return (tx, { userId, attachment: { id, name, type, size, sha256 } }, now) => {
    const user = users.findLiving(tx, userId);
    if (user === null) return { kind: 'not-found' };
    const blob = toBlob(id);
    if (tx.get(isKnown, blob) === 1) return { kind: 'added' };
    if ((tx.get(unsent, user.row) ?? 0) >= UNSENT_ATTACHMENTS_MAX) return { kind: 'too-many' };
    tx.run(insert, blob, user.row, name, type, size, Buffer.from(sha256, 'hex'), now);
    return { kind: 'added' };
  };
};

export const takeRemovedFiles: MakeWrite<'takeRemovedFiles'> = ({ db }) => {
  const next = db.read<[number], Buffer>('SELECT sha256 FROM removed_files LIMIT ? + 0').pluck();
  const forget = db.write<[Buffer]>('DELETE FROM removed_files WHERE sha256 = ?');
  return (tx, { limit }) => {
    const taken = tx.all(next, limit);
    for (const hash of taken) tx.run(forget, hash);
    return { kind: 'taken', sha256s: taken.map((hash) => hash.toString('hex')) };
  };
};
