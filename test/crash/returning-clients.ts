import type { CrashClient } from './client.ts';
import { pause } from '../support/deadline.ts';

const AGAIN_MS = 100;

/** People who connect again, as soon as they can, whenever their connection ends. */
export class ReturningClients {
  /** How their connections ended. */
  readonly closeCodes: number[] = [];
  /** Attempts to connect that were refused. */
  readonly refusals: string[] = [];
  readonly #clients: readonly CrashClient[];
  #isFeeding = true;
  #isOver = false;

  constructor(clients: readonly CrashClient[]) {
    this.#clients = clients;
    for (const client of clients) void this.#keep(client);
  }

  /** They write nothing new, and still come back. */
  stopFeeding(): void {
    this.#isFeeding = false;
    for (const client of this.#clients) client.stopFeeding();
  }

  goOn(): void {
    this.#isFeeding = true;
    for (const client of this.#clients) client.goOn();
  }

  end(): void {
    this.#isOver = true;
    for (const client of this.#clients) client.hangUp();
  }

  async #keep(client: CrashClient): Promise<void> {
    while (!this.#isOver) {
      try {
        await client.start(this.#isFeeding);
        const closing = await client.closed;
        if (closing !== null) this.closeCodes.push(closing.code);
      } catch (error) {
        this.refusals.push(String(error));
        await pause(AGAIN_MS);
      }
    }
  }
}
