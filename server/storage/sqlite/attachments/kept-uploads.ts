import { appendFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { UNSENT_ATTACHMENT_KEPT_MS } from '../../../protocol/limits.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { KeptHead, KeptUpload } from '../../attachments/kept-upload.ts';
import { noRoomHere } from '../../attachments/storing-fault.ts';
import { incomingFolder, incomingPath } from './attachment-folder.ts';

/** Uploads of all users that are kept at the same time. */
const KEPT_MAX = 10_000;
/** Owners in one question to the store. */
const OWNERS_AT_ONCE = 50;
const SUFFIX = '.kept';

interface Entry extends KeptUpload {
  /** When it was begun or went on for the last time. */
  readonly at: number;
}
type Entries = Map<string, Entry>;

/** The name of the upload that a file of the incoming folder belongs to. */
export const uploadOf = (name: string): string =>
  name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : name;

/** What is known of the uploads that can be continued: beside the bytes of each, in the incoming folder, is a file that says whose they are
 *  and how many of them are durable. Its first line has the head, and each further one says how far the upload has come. A line is written
 *  after the bytes of which it speaks were made durable, so a power cut can lose lines, but leaves none that promises too much. A line that
 *  was torn counts as not written. */
export class KeptUploads {
  readonly #dataDir: string;
  readonly #clock: Pick<Clock, 'now'>;
  #entries: Promise<Entries> | null = null;

  constructor(dataDir: string, clock: Pick<Clock, 'now'>) {
    this.#dataDir = dataDir;
    this.#clock = clock;
  }

  async find(id: string): Promise<KeptUpload | null> {
    return (await this.#read()).get(id) ?? null;
  }

  async count(userId: string): Promise<number> {
    let count = 0;
    for (const entry of (await this.#read()).values()) if (entry.userId === userId) count += 1;
    return count;
  }

  /** Rejects with `insufficient_storage` if too many are kept. */
  async begin(id: string, head: KeptHead, size: number): Promise<void> {
    const entries = await this.#read();
    if (entries.size >= KEPT_MAX) throw noRoomHere();
    const { userId, name, type } = head;
    const entry = { userId, name, type, size, received: 0, at: this.#clock.now() };
    await writeFile(this.#path(id), `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    entries.set(id, entry);
  }

  /** So many bytes are durable. */
  async note(id: string, received: number): Promise<void> {
    const entries = await this.#read();
    const entry = entries.get(id);
    if (entry === undefined) return;
    const said = { received, at: this.#clock.now() };
    await appendFile(this.#path(id), `${JSON.stringify(said)}\n`);
    entries.set(id, { ...entry, ...said });
  }

  /** Removes it with its bytes. */
  async forget(id: string): Promise<void> {
    (await this.#read()).delete(id);
    await rm(this.#path(id), { force: true });
    await rm(incomingPath(this.#dataDir, id), { force: true });
  }

  async has(id: string): Promise<boolean> {
    return (await this.#read()).has(id);
  }

  /** Those that nobody has continued for a day, and those of users who are gone. */
  async stale(
    livingUsers: (userIds: readonly string[]) => Promise<readonly string[]>,
  ): Promise<readonly string[]> {
    const entries = [...(await this.#read())];
    const owners = [...new Set(entries.map(([, { userId }]) => userId))];
    const living = new Set<string>();
    for (let at = 0; at < owners.length; at += OWNERS_AT_ONCE)
      for (const each of await livingUsers(owners.slice(at, at + OWNERS_AT_ONCE))) living.add(each);
    const now = this.#clock.now();
    return entries.flatMap(([id, { userId, at }]) => {
      // A clock that was ahead and was set back keeps nothing for longer than it keeps others.
      const isOld = Math.abs(now - at) >= UNSENT_ATTACHMENT_KEPT_MS;
      return isOld || !living.has(userId) ? [id] : [];
    });
  }

  #path(id: string): string {
    return incomingPath(this.#dataDir, id) + SUFFIX;
  }

  /** What the disk has, read once. A reading that fails is repeated with the next question. */
  #read(): Promise<Entries> {
    this.#entries ??= this.#load().catch((error: unknown) => {
      this.#entries = null;
      throw error;
    });
    return this.#entries;
  }

  async #load(): Promise<Entries> {
    const names = await readdir(incomingFolder(this.#dataDir)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    });
    const entries: Entries = new Map();
    for (const name of names) {
      const id = uploadOf(name);
      if (id === name) continue;
      const entry = entryFrom(await readFile(this.#path(id), 'utf8'));
      const bytes = await stat(incomingPath(this.#dataDir, id)).catch(() => null);
      if (entry !== null && bytes !== null && bytes.size >= entry.received) entries.set(id, entry);
    }
    return entries;
  }
}

/** Null if not even its head is there. */
const entryFrom = (text: string): Entry | null => {
  // What follows the last end of a line was torn.
  const [head, ...lines] = text.split('\n').slice(0, -1).map(parsed);
  if (!isEntry(head)) return null;
  let entry = head;
  for (const line of lines) {
    const { received, at } = line ?? {};
    if (isCount(received) && isCount(at) && received <= entry.size) entry = { ...entry, received, at };
  }
  return entry;
};

const parsed = (line: string): Partial<Record<keyof Entry, unknown>> | null => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
};

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isEntry = (value: Partial<Record<keyof Entry, unknown>> | null | undefined): value is Entry => {
  const { userId, name, type, size, received, at } = value ?? {};
  const texts = [userId, name, type];
  return texts.every((each) => typeof each === 'string') && [size, received, at].every(isCount);
};
