import type { SessionKeeper } from '../session-keeper.ts';

const KEY = 'parley.session';
/** The launcher says with it that the folders of this start are open to nobody but the owner. */
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
    return null; // Cut short by a power cut: the person logs in again.
  }
};

export interface Place {
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly system: string;
  readonly args: readonly string[];
}

/** A session is stored only where other accounts can't read it: on Windows, whose profiles are closed to them, and where
 *  the launcher said that it closed the folders. */
const isPrivate = ({ system, args }: Place): boolean => system === 'Windows' || args.includes(PRIVATE_FILES);

/** The session in memory and, if the person asked to be remembered, in the web engine's storage, which only this window
 *  reads: the program around it can't, so neither can who gets hold of its key. It is bound to its server: another one
 *  is never shown it. Every renewal replaces the token in it. */
export class RememberedSession implements SessionKeeper {
  readonly choice: 'ask' | 'never';
  readonly #storage: Place['storage'];
  readonly #server: () => string;
  readonly #onSession: () => void;
  #text: string | null = null;
  #wanted = false;

  /** `onSession` runs whenever there is a session to be read or written. */
  constructor(place: Place, server: () => string, onSession: () => void) {
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

  /** There is one window. */
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
      this.#wanted = false; // A full disk: this start goes on, the next one asks.
    }
  }
}
