import type { SessionKeeper } from '../session-keeper.ts';
import type { Native } from './native.ts';

const KEY = 'session';
/** The launcher says with it that files made by this start are for the owner only (`umask 077`). */
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

/** Neutralino's storage files get the mode that the process gives them and there is no key ring, so a session goes there
 *  only where others can't read it: on Windows, whose profiles are closed to other accounts, and where the launcher said that it
 *  made files private. */
const hasPrivatePlace = ({ system, args }: Native): boolean =>
  system === 'Windows' || args.includes(PRIVATE_FILES);

/** The session in memory and, if the person asked to be remembered, in a file of the owner's. It is bound to its server:
 *  another one is never shown it. Every renewal replaces the token in the file. */
export class SessionFile implements SessionKeeper {
  readonly choice: 'ask' | 'never';
  readonly #native: Native;
  readonly #server: string;
  #text: string | null = null;
  #wanted = false;
  #written: Promise<unknown> = Promise.resolve();

  private constructor(native: Native, server: string) {
    this.#native = native;
    this.#server = server;
    this.choice = hasPrivatePlace(native) ? 'ask' : 'never';
  }

  static async open(native: Native, server: string): Promise<SessionFile> {
    const file = new SessionFile(native, server);
    const kept = file.choice === 'ask' ? parse(await native.load(KEY)) : null;
    if (kept !== null && kept.server === server) {
      file.#text = kept.session;
      file.#wanted = true;
    }
    return file;
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
    this.#store();
  }

  /** There is one window. */
  onChange(): void {
    // Nobody else signs in or out here.
  }

  /** When all that was written so far is in its file. */
  async settled(): Promise<void> {
    await this.#written;
  }

  #store(): void {
    const { choice } = this;
    if (choice === 'never') return;
    const kept: Kept | null =
      this.#wanted && this.#text !== null ? { server: this.#server, session: this.#text } : null;
    this.#written = this.#written
      .then(() => this.#native.store(KEY, kept === null ? null : JSON.stringify(kept)))
      .catch(() => undefined);
  }
}
