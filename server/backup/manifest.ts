import * as z from 'zod';
import { BackupError } from './backup-error.ts';

/** The names of a backup's parts. */
export const PARTS = {
  manifest: 'manifest.json',
  database: 'parley.db',
  logs: 'logs.jsonl',
  /** The files of attachments, each named by its hash. */
  attachments: 'attachments/',
} as const;
/** The generated keys of the data directory, under their own names. One that the operator gave in a variable is in no backup. */
export const KEY_FILES = ['jwt.key', 'refresh.key'] as const;

/** The layout that this program writes, and the newest that it reads. It did not rise with attachments: a program that knows none refuses the
 *  database of such a backup for its schema. */
export const FORMAT = 1;

const count = z.int().min(0);

/** `manifest.json`: what a backup holds. A later program may add fields. */
const MANIFEST = z.object({
  format: z.int().min(1),
  /** The version of the program that made it. */
  program: z.string(),
  /** The number of the last migration of its database. */
  schema: z.int().min(1),
  /** RFC 3339. */
  made_at: z.iso.datetime(),
  /** The id of the history that it is a copy of. */
  history: z.string(),
  counts: z.object({
    users: count,
    conversations: count,
    messages: count,
    events: count,
    /** Absent in a backup of a program without reactions. */
    reactions: z.optional(count),
    sessions: count,
    /** Absent in a backup of a program without attachments. */
    attachments: z.optional(count),
  }),
  /** The files of attachments, of which several may have the same. Absent likewise. */
  attachments: z.optional(z.object({ files: count, bytes: count })),
  database_bytes: count,
  keys: z.array(z.enum(KEY_FILES)),
});
export type Manifest = z.infer<typeof MANIFEST>;

/** A line of `logs.jsonl`, one for each user, in the order of their ids. */
export const logLine = ({ userId, cursor, sha256 }: { userId: string; cursor: number; sha256: string }) =>
  `${JSON.stringify({ user_id: userId, cursor, sha256 })}\n`;

/** @throws BackupError `newer`, `damaged` */
export const parseManifest = (path: string, bytes: Uint8Array, knownSchema: number): Manifest => {
  const value = parsed(Buffer.from(bytes).toString('utf8'));
  const { format, schema, program } = (value ?? {}) as Partial<Manifest>;
  if (Number(format) > FORMAT || Number(schema) > knownSchema)
    throw new BackupError(
      'newer',
      `${path} was made by Parley ${String(program)}, which is newer than this one; use that version or a newer one`,
    );
  const manifest = MANIFEST.safeParse(value);
  if (!manifest.success)
    throw new BackupError('damaged', `${path} is damaged: its manifest.json is not as Parley writes it.`);
  return manifest.data;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
