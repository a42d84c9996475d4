import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openReadOnly } from '../../server/storage/sqlite/open.ts';
import { onServer } from '../support/postgres-client.ts';

/** What a store keeps of attachments: `orphans` nothing needs, `missing` something does. */
interface Kept {
  /** Files, or attachments with rows. */
  readonly count: number;
  readonly orphans: readonly string[];
  readonly missing: readonly string[];
}

/** The files of a data directory, compared with the attachments of its database. */
export const keptInFolder = (dataDir: string): Promise<Kept> => {
  const folder = join(dataDir, 'attachments');
  const found = existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
    : [];
  const names = new Set(found.map(({ name }) => name));
  const db = openReadOnly(dataDir);
  try {
    const used = new Set(
      db.prepare<[], string>('SELECT DISTINCT lower(hex(sha256)) FROM attachments').pluck().all(),
    );
    return Promise.resolve({
      count: names.size,
      orphans: [...names].filter((name) => !used.has(name)),
      missing: [...used].filter((name) => !names.has(name)),
    });
  } finally {
    db.close();
  }
};

const ORPHANS = `SELECT DISTINCT attachment FROM attachment_chunks c
  WHERE NOT EXISTS (SELECT 1 FROM attachments a WHERE a.id = c.attachment)
    AND NOT EXISTS (SELECT 1 FROM attachment_uploads u WHERE u.id = c.attachment)`;
const MISSING = `SELECT id FROM attachments a
  WHERE size <> (SELECT coalesce(sum(length(bytes)), 0) FROM attachment_chunks c WHERE c.attachment = a.id)`;

/** The rows of a database. Uploads that a kill has broken off stay for a day. */
export const keptInDatabase = async (url: string): Promise<Kept> => {
  const ids = async (text: string): Promise<readonly string[]> =>
    ((await onServer(url, text)) as string[][]).map(([id = '']) => id);
  const [all, orphans, missing] = [
    await ids('SELECT DISTINCT attachment FROM attachment_chunks'),
    await ids(ORPHANS),
    await ids(MISSING),
  ];
  return { count: all.length, orphans, missing };
};
