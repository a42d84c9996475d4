import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';

const id = (kind: number, n: number): string =>
  `${kind.toString(16).padStart(8, '0')}-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** Writes an export of `users` users who write `messages` messages of `characters` characters around a ring, each to the next one. */
export const writeLargeExport = (
  path: string,
  {
    users,
    messages,
    characters,
  }: { readonly users: number; readonly messages: number; readonly characters: number },
): void => {
  const file = openSync(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let lines = 0;
  const put = (record: object): void => {
    const line = `${JSON.stringify(record)}\n`;
    hash.update(line);
    lines += 1;
    writeSync(file, line);
  };
  const each = Math.floor(messages / users);
  put({ type: 'parley-export', version: 5 });
  for (let n = 0; n < users; n += 1)
    put({
      type: 'user',
      ...{ id: id(1, n), username: `user-${String(n)}`, created_at: 1, deleted_at: null, deleted_name: null },
      ...{ role: 'user', disabled_at: null, password_hash: 'none', last_seen: null, cursor: 2 * each },
      ...{ display_name: null, about: null },
    });
  const sides = (n: number): readonly [number, number] => (n === users - 1 ? [0, n] : [n, n + 1]);
  for (let n = 0; n < users; n += 1)
    put({
      ...{ type: 'conversation', id: id(2, n), created_at: 1 },
      sides: sides(n).map((user) => ({
        ...{ user_id: id(1, user), delivered: 0, read: 0, cleared: 0, hidden: false },
        ...{ pinned: false, archived: false, muted_until: null },
      })),
    });
  const text = 'needle and hay '.repeat(Math.ceil(characters / 15)).slice(0, characters - 8);
  for (let n = 0; n < users; n += 1)
    for (let seq = 1; seq <= each; seq += 1)
      put({
        ...{
          type: 'message',
          id: id(3, n * each + seq),
          conversation_id: id(2, n),
          seq,
          sender_id: id(1, n),
        },
        // Each user has sent before they receive, but for the first one, so that there is a beginning.
        ...{
          sender_cursor: n === 0 ? 2 * seq - 1 : 2 * seq,
          recipient_cursor: n === users - 1 ? 2 * seq : 2 * seq - 1,
        },
        ...{
          sent_at: seq,
          content: `${String(n).padStart(4, '0')} ${text}`,
          reply_to: null,
          attachments: [],
        },
      });
  writeSync(file, `${JSON.stringify({ type: 'end', lines: lines + 1, sha256: hash.digest('hex') })}\n`);
  closeSync(file);
};
