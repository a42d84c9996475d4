import type { Change, Line } from './damaged-records.ts';

/** Ways to damage the attachments of an export: the first was sent by the second user, the other one not yet, and is empty. */
export const ATTACHMENT_CHANGES: readonly (readonly [what: string, says: RegExp, change: Change])[] = [
  [
    'an attachment of nobody',
    /there is no user ffffffff/,
    (_, find) => void (find('attachment')['user_id'] = 'ffffffff-0000-7000-8000-000000000000'),
  ],
  [
    'an attachment of somebody else’s message',
    /it was not uploaded by the sender of its message/,
    (_, find) => void (find('attachment')['user_id'] = find('user')['id']),
  ],
  [
    'an attachment that its message does not name',
    /does not name it at the position 1/,
    (_, find) => void (find('attachment')['position'] = 1),
  ],
  ['an attachment of no message', /has no message 9/, (_, find) => void (find('attachment')['seq'] = 9)],
  [
    'an attachment that is half sent',
    /conversation_id, seq and position are null together/,
    (_, find) => void (find('attachment')['seq'] = null),
  ],
  [
    'an attachment that nobody sees',
    /is seen by nobody/,
    (lines, find) => {
      const { conversation_id: id } = find('attachment');
      const sides = lines.find((line) => line.type === 'conversation' && line['id'] === id)?.['sides'];
      for (const side of (sides ?? []) as Line[]) side['cleared'] = find('attachment')['seq'];
    },
  ],
  [
    'an attachment that a deleted user has not sent',
    /the user .* is deleted/,
    (lines, find) => {
      find('attachment', 1)['user_id'] = lines.find((line) => typeof line['deleted_at'] === 'number')?.['id'];
    },
  ],
  [
    'a message that names an attachment twice',
    /it names an attachment twice/,
    (lines) => {
      for (const line of lines) {
        const ids = line['attachments'] as string[] | undefined;
        if (ids?.length === 1) line['attachments'] = [...ids, ...ids];
      }
    },
  ],
  [
    'bytes that are missing',
    /the bytes of the attachment [\da-f-]+ \("file\.txt"\) are missing/,
    (lines) => void lines.splice(lines.findIndex(isFilled), 1),
  ],
  [
    'bytes of an empty file that are missing',
    /the bytes of the attachment [\da-f-]+ \("empty"\) are missing/,
    (lines) =>
      void lines.splice(
        lines.findIndex((line) => line.type === 'attachment_bytes' && !isFilled(line)),
        1,
      ),
  ],
  [
    'other bytes',
    /the bytes of the attachment [\da-f-]+ \("file\.txt"\) have another hash/,
    (lines) => void Object.assign(lines.find(isFilled) ?? {}, { bytes: base64url('a fild') }),
  ],
  [
    'too many bytes',
    /the bytes of the attachment [\da-f-]+ \("file\.txt"\) are not the 6 of it/,
    (lines) => void Object.assign(lines.find(isFilled) ?? {}, { bytes: base64url('a file!') }),
  ],
  [
    'bytes from the second part on',
    /the parts before it are missing/,
    (lines) => void Object.assign(lines.find(isFilled) ?? {}, { part: 2 }),
  ],
  [
    'a part too many',
    /the bytes of the attachment [\da-f-]+ \("file\.txt"\) are not the 6 of it/,
    (lines) => {
      const at = lines.findIndex(isFilled);
      lines.splice(at + 1, 0, { ...lines[at], type: 'attachment_bytes', part: 2 });
    },
  ],
  [
    'bytes of no attachment',
    /no attachment has this sha256/,
    (_, find) => void (find('attachment')['sha256'] = 'f'.repeat(64)),
  ],
  [
    'a hash in capitals',
    /sha256: must be/,
    (_, find) => void (find('attachment')['sha256'] = 'F'.repeat(64)),
  ],
];

const isFilled = (line: Line): boolean => line.type === 'attachment_bytes' && line['bytes'] !== '';
const base64url = (text: string): string => Buffer.from(text).toString('base64url');
