import type { Exclusive } from '../net/exclusive.ts';
import { signal } from '../model/signal.ts';
import type { FileStore, PickedFile } from './file-store.ts';
import { SendingFile } from './sending-file.ts';

/** A message of the outbox that carries files. `isStored`: whether the device holds it, for the other tabs too. */
export interface CarryingMessage {
  readonly id: string;
  readonly keys: readonly string[];
  readonly isStored: boolean;
}

export interface KeptFilesDeps {
  readonly store: FileStore;
  readonly exclusive: Exclusive;
  /** Part of the names of locks, because all windows of one user share the files. */
  readonly owner: string;
  /** The messages that are not stored by the server; null if they can't be read. */
  readonly messages: () => Promise<readonly CarryingMessage[] | null>;
}

/** The files that are on their way, on this device and in this tab. The device is the truth, and each tab follows it; a file that the device
 *  does not take stays in this tab.
 *
 *  Which message has a file is said by the outbox: a message is stored there first, and then written into the row of each of its files. A
 *  row that names a message which is no longer in the outbox is the rest of one that is sent or discarded. So a tab that ends between two
 *  steps leaves nothing that the next one can't make out. */
export class KeptFiles {
  /** Counts files that came or went, and changes of what a draft may do. */
  readonly changes = signal(0);
  readonly #deps: KeptFilesDeps;
  readonly #files = new Map<string, SendingFile>();
  /** By key: ends the lock of a file that only this tab has. */
  readonly #releases = new Map<string, () => void>();
  /** Keys that the device is to forget, and perhaps has not yet. */
  readonly #removing = new Set<string>();
  /** Reads and writes one after another, so that what was read is never older than what was written. */
  #tail: Promise<unknown> = Promise.resolve();
  /** Whether the device was read. Until then a file that is not here may still be there. */
  isRead = false;

  constructor(deps: KeptFilesDeps) {
    this.#deps = deps;
  }

  get all(): readonly SendingFile[] {
    return [...this.#files.values()].sort((a, b) => a.row.order - b.row.order);
  }

  of(key: string): SendingFile | undefined {
    return this.#files.get(key);
  }

  inDraft(conversationId: string): readonly SendingFile[] {
    return this.all.filter((file) => file.messageId === null && file.row.conversationId === conversationId);
  }

  ofMessage(id: string): readonly SendingFile[] {
    return this.all.filter((file) => file.messageId === id);
  }

  changed(): void {
    this.changes.set(this.changes.get() + 1);
  }

  /** Shows a file that is not to be stored. */
  show(file: SendingFile): void {
    this.#files.set(file.row.key, file);
    this.changed();
  }

  /** Shows a file at once, and resolves when the device has stored or refused it. */
  async add(file: SendingFile): Promise<void> {
    this.show(file);
    await this.#inTurn(() => this.#put(file));
  }

  /** Changes what is stored of a file. A file that is gone from the device is dropped here too. */
  edit(file: SendingFile, change: (row: PickedFile) => PickedFile): Promise<void> {
    return this.#inTurn(async () => {
      if (file.isGone) return;
      const row = file.isKept
        ? await this.#deps.store.edit(file.row.key, change).catch(() => undefined)
        : undefined;
      if (row === null) this.#drop(file);
      else file.follow(row ?? change(file.row));
    });
  }

  async remove(files: readonly SendingFile[]): Promise<void> {
    if (files.length === 0) return;
    const keys = files.map(({ row }) => row.key);
    for (const file of files) this.#drop(file);
    for (const key of keys) this.#removing.add(key);
    await this.#inTurn(async () => {
      const isDone = await this.#deps.store.remove(keys).then(
        () => true,
        () => false,
      );
      if (isDone) for (const key of keys) this.#removing.delete(key);
    });
  }

  /** Takes over what is on the device. Resolves with the files that this tab did not know. */
  async follow(): Promise<readonly SendingFile[]> {
    const fresh = await this.#inTurn(() => this.#look());
    if (this.isRead) await this.#settle();
    return fresh.filter(({ isGone }) => !isGone);
  }

  /** Whether the device did not take a file, so that it is lost with this tab. */
  isOnlyHere(key: string): boolean {
    return this.#releases.has(key);
  }

  /** Runs while no other tab works on this file. A file that only this tab has needs no lock: it has it anyway. */
  alone<T>(file: SendingFile, work: () => Promise<T>): Promise<T> {
    return file.isKept ? this.#deps.exclusive(this.#lock(file.row.key), work) : work();
  }

  /** Whether no tab has this file. Resolves when every tab that had it is closed. */
  isLost(key: string): Promise<boolean> {
    return this.#deps.exclusive(this.#lock(key), async () => {
      await this.follow();
      return this.isRead && !this.#files.has(key);
    });
  }

  /** This tab ends. Nothing is written any more. */
  stop(): void {
    for (const file of this.#files.values()) this.#drop(file);
  }

  #lock(key: string): string {
    return `parley:file:${this.#deps.owner}:${key}`;
  }

  async #put(file: SendingFile): Promise<void> {
    if (file.isGone) return;
    const { key } = file.row;
    try {
      await this.#deps.store.put(file.row);
      file.isKept = true;
      this.#releases.get(key)?.();
      this.#releases.delete(key);
      if (file.isGone as boolean) await this.#deps.store.remove([key]);
    } catch {
      file.isKept = false;
      if (this.#releases.has(key)) return;
      const held = new Promise<void>((resolve) => this.#releases.set(key, resolve));
      void this.#deps.exclusive(this.#lock(key), () => held);
    }
    this.changed();
  }

  async #look(): Promise<readonly SendingFile[]> {
    for (const key of [...this.#releases.keys()]) {
      const file = this.#files.get(key);
      if (file !== undefined) await this.#put(file);
    }
    const rows = await this.#deps.store.all().catch(() => null);
    if (rows === null) return [];
    this.isRead = true;
    const stored = new Set(rows.map(({ key }) => key));
    for (const file of this.#files.values()) if (file.isKept && !stored.has(file.row.key)) this.#drop(file);
    const fresh: SendingFile[] = [];
    for (const row of rows) {
      const held = this.#files.get(row.key);
      if (held !== undefined) {
        held.follow(row);
        continue;
      }
      if (this.#removing.has(row.key)) continue;
      const file = new SendingFile(row, true);
      this.#files.set(row.key, file);
      fresh.push(file);
    }
    this.changed();
    return fresh;
  }

  /** Compares the files with the outbox, which is read after them: see above. */
  async #settle(): Promise<void> {
    const messages = await this.#deps.messages();
    if (messages === null) return;
    const ids = new Set(messages.map(({ id }) => id));
    const carriers = new Map(
      messages.flatMap((message) => message.keys.map((key) => [key, message] as const)),
    );
    for (const file of this.all) {
      const { key, messageId } = file.row;
      const carrier = carriers.get(key);
      if (messageId !== null && !ids.has(messageId) && carrier === undefined) await this.remove([file]);
      else if (messageId === null && carrier?.isStored === true)
        await this.edit(file, (row) => (row.messageId === null ? { ...row, messageId: carrier.id } : row));
    }
    this.changed();
  }

  #drop(file: SendingFile): void {
    const { key } = file.row;
    file.isGone = true;
    file.showPicture(null);
    this.#releases.get(key)?.();
    this.#releases.delete(key);
    if (this.#files.delete(key)) this.changed();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(work);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }
}
