import type { Shell } from '../shell.ts';
import { narrowConnections } from './connect-policy.ts';

const SERVER = 'parley.server';
/** Kept in this window until it is closed: the page was reloaded to ask for another server. */
const ASKED = 'parley.askForServer';

/** Accepts only an origin that this client itself could have written, because it goes into a policy verbatim. */
const originOf = (text: string | null): string =>
  /^https?:\/\/([a-z\d._-]+|\[[\da-f:.]+\])(:\d{1,5})?$/.test(text ?? '') ? (text ?? '') : '';

/** The server that this window talks to. After `narrow`, the page can't connect to any other. */
export class ChosenServer implements Readonly<Shell['server']> {
  readonly editable = true;
  readonly asked: boolean;
  readonly #page: Document;
  #address: string;
  #isNarrowed = false;

  constructor(page: Document) {
    this.#page = page;
    this.#address = originOf(localStorage.getItem(SERVER));
    this.asked = sessionStorage.getItem(ASKED) !== null;
    sessionStorage.removeItem(ASKED);
  }

  get address(): string {
    return this.#address;
  }

  /** Restricts the page's connections to this server from now on. */
  narrow(): void {
    if (!this.#isNarrowed) narrowConnections(this.#page, this.#address);
    this.#isNarrowed = true;
  }

  choose(origin: string): void {
    this.#address = origin;
    localStorage.setItem(SERVER, origin);
  }

  /** Returns whether another server can be chosen immediately. Otherwise reloads the page to ask for it. */
  askAgain(): boolean {
    if (!this.#isNarrowed) return true;
    // A policy can't be widened again. Only a new page gets rid of it.
    sessionStorage.setItem(ASKED, '');
    this.#page.location.reload();
    return false;
  }
}
