import type { SessionKeeper } from '../session-keeper.ts';

const KEY = 'parley.session';
/** The launcher passes this option if only the owner can open the folders of this start. */
export const PRIVATE_FILES = '--parley-private-files';

interface Kept {
  readonly server: string;
  readonly session: string;
}

const parse = (text: string | null): Kept | null => {
  try {
    const kept = JSON.parse(text ?? 'null') as Partial<Kept> | null;
    return typeof kept?.server === 'string' && typeof kept.session === 'string' ? (kept as Kept) : null;
  } catch {
    return null; // Truncated by a power failure: the user logs in again.
  }
};

export interface SessionStorage {
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly system: string;
  readonly args: readonly string[];
}

/** A session is stored only where other accounts can't read it: on Windows, whose profiles are closed to them, and
 *  where the launcher says that it has closed the folders. */
const isPrivate = ({ system, args }: SessionStorage): boolean =>
  system === 'Windows' || args.includes(PRIVATE_FILES);

/** Keeps the session in memory and, if the user chose to stay logged in, in the web engine's storage. Only this
 *  window can read that storage. The app's process can't, so neither can anybody who has its key. A session belongs
 *  to one server and is never sent to another. Each renewal replaces its tokens. */
export class RememberedSession implements SessionKeeper {
  readonly choice: 'ask' | 'never';
  readonly #storage: SessionStorage['storage'];
  readonly #server: () => string;
  readonly #onSession: () => void;
  #text: string | null = null;
  #wanted = false;

  /** `onSession` is called whenever there is a session to read or write. */
  constructor(place: SessionStorage, server: () => string, onSession: () => void) {
    this.#storage = place.storage;
    this.#server = server;
    this.#onSession = onSession;
    this.choice = isPrivate(place) ? 'ask' : 'never';
    const kept = this.choice === 'ask' ? parse(place.storage.getItem(KEY)) : null;
    if (kept?.server !== server()) return;
    this.#text = kept.session;
    this.#wanted = true;
    onSession();
  }

  remembers(): boolean {
    return this.#wanted;
  }

  remember(wanted: boolean): void {
    this.#wanted = wanted && this.choice === 'ask';
    this.#store();
  }

  read(): string | null {
    return this.#text;
  }

  write(text: string | null): void {
    this.#text = text;
    if (text === null) this.#wanted = false;
    else this.#onSession();
    this.#store();
  }

  end(): void {
    this.write(null);
  }

  /** There is only one window. */
  onChange(): void {
    // Nobody else signs in or out here.
  }

  #store(): void {
    if (this.choice === 'never') return;
    const kept: Kept | null =
      this.#wanted && this.#text !== null ? { server: this.#server(), session: this.#text } : null;
    try {
      if (kept === null) this.#storage.removeItem(KEY);
      else this.#storage.setItem(KEY, JSON.stringify(kept));
    } catch {
      this.#wanted = false; // The disk is full: the session lasts until this start ends.
    }
  }
}
