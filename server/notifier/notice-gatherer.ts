import type { Notice, NoticeKind } from './notice.ts';

/** At least one; `{}` and its commas are counted with the first. */
const BRACES_BYTES = 2;

/** Joins what a host has to tell within a moment: the highest cursor of each user, the last word on everything else. Holds no more
 *  than `entriesMax`; what comes beyond that is dropped and counted, and whoever sends the rest has to let the others know. */
export class NoticeGatherer {
  readonly #entriesMax: number;
  readonly #bytesMax: number;
  /** Kind → what the entry is about → the entry. */
  readonly #entries = new Map<NoticeKind, Map<string, unknown>>();
  #size = 0;
  #dropped = 0;

  /** `bytesMax`: of one payload. */
  constructor(entriesMax: number, bytesMax: number) {
    this.#entriesMax = entriesMax;
    this.#bytesMax = bytesMax;
  }

  /** Entries that wait. */
  get size(): number {
    return this.#size;
  }

  /** Entries that were dropped so far: there were too many, or one did not fit into a payload. */
  get dropped(): number {
    return this.#dropped;
  }

  add(notice: Notice): void {
    for (const entry of notice.users ?? []) this.#addUser(entry);
    for (const userId of notice.presence ?? []) this.#set('presence', userId, userId);
    for (const entry of notice.revoked ?? []) this.#set('revoked', entry[1], entry);
    for (const entry of notice.evicted ?? []) this.#set('evicted', entry[1], entry);
    for (const entry of notice.introduced ?? []) this.#set('introduced', entry.join(' '), entry);
    for (const entry of notice.typing ?? []) this.#set('typing', `${entry[0]} ${entry[1]}`, entry);
  }

  /** Everything that waits, as payloads for `readNotice`, none of them longer than `bytesMax`. */
  take(): readonly Uint8Array[] {
    const payloads: Uint8Array[] = [];
    let parts = new Map<NoticeKind, string[]>();
    let bytes = BRACES_BYTES;
    const close = (): void => {
      if (parts.size > 0) payloads.push(encode(parts));
      parts = new Map();
      bytes = BRACES_BYTES;
    };
    for (const [kind, entries] of this.#entries)
      for (const entry of entries.values()) {
        const part = JSON.stringify(entry);
        const needs = Buffer.byteLength(part) + 1;
        if (BRACES_BYTES + headBytes(kind) + needs > this.#bytesMax) {
          this.#dropped += 1;
          continue;
        }
        if (bytes + needs + (parts.has(kind) ? 0 : headBytes(kind)) > this.#bytesMax) close();
        const list = parts.get(kind);
        if (list === undefined) {
          parts.set(kind, [part]);
          bytes += headBytes(kind);
        } else list.push(part);
        bytes += needs;
      }
    close();
    this.#entries.clear();
    this.#size = 0;
    return payloads;
  }

  #addUser(entry: readonly [userId: string, cursor: number]): void {
    const known = this.#entries.get('users')?.get(entry[0]) as typeof entry | undefined;
    if (known === undefined || known[1] < entry[1]) this.#set('users', entry[0], entry);
  }

  #set(kind: NoticeKind, about: string, entry: unknown): void {
    const entries = this.#entries.get(kind) ?? new Map<string, unknown>();
    if (!entries.has(about)) {
      if (this.#size >= this.#entriesMax) {
        this.#dropped += 1;
        return;
      }
      this.#size += 1;
    }
    entries.set(about, entry);
    this.#entries.set(kind, entries);
  }
}

/** `"users":[],` */
const headBytes = (kind: NoticeKind): number => kind.length + 6;

const encode = (parts: ReadonlyMap<NoticeKind, readonly string[]>): Uint8Array =>
  Buffer.from(`{${[...parts].map(([kind, list]) => `"${kind}":[${list.join(',')}]`).join(',')}}`);
