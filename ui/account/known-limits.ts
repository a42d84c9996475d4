import type { FileLimits } from '../attachments/outgoing-files.ts';
import type { SiteStorage } from '../platform/site-storage.ts';
import { LIMITS_KEY } from './user-keys.ts';

/** What the server took of attachments when it was asked last, as this browser remembers it. */
export class KnownLimits {
  readonly #storage: Pick<SiteStorage, 'getItem' | 'setItem' | 'removeItem'>;

  constructor(storage: Pick<SiteStorage, 'getItem' | 'setItem' | 'removeItem'>) {
    this.#storage = storage;
  }

  /** Null if it is not known, or if the server took no files. */
  read(): FileLimits | null {
    try {
      const kept = JSON.parse(this.#storage.getItem(LIMITS_KEY) ?? 'null') as Partial<FileLimits> | null;
      const { maxBytes, perMessage } = kept ?? {};
      return isCount(maxBytes) && isCount(perMessage) ? { maxBytes, perMessage } : null;
    } catch {
      return null; // Somebody else wrote there.
    }
  }

  write(limits: FileLimits | null): void {
    if (limits === null) this.#storage.removeItem(LIMITS_KEY);
    else this.#storage.setItem(LIMITS_KEY, JSON.stringify(limits));
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;
