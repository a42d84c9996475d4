import assert from 'node:assert/strict';
import type { BrowserContext } from 'playwright-core';

/** Everything a window says went wrong: errors and warnings of the console, uncaught errors, breaches of the content
 *  security policy, dialogs, crashes. A test names what it provokes; the rest fails it. */
export class PageFaults {
  readonly #seen: string[] = [];
  readonly #provoked: RegExp[] = [/Service Worker registration blocked by Playwright/];

  static async watch(context: BrowserContext): Promise<PageFaults> {
    const faults = new PageFaults();
    const add = (fault: string): void => {
      faults.#seen.push(fault);
    };
    context.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        add(`console: ${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => {
      add(`uncaught: ${String(error.error().stack)}`);
    });
    context.on('dialog', (dialog) => {
      add(`dialog: ${dialog.type()} ${dialog.message()}`);
      void dialog.dismiss().catch(() => undefined);
    });
    context.on('page', (page) => {
      page.on('crash', () => {
        add('crash');
      });
    });
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`CSP ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
      });
    });
    return faults;
  }

  /** What the test is about to bring about itself. */
  provoke(...patterns: readonly RegExp[]): void {
    this.#provoked.push(...patterns);
  }

  get unexpected(): readonly string[] {
    return this.#seen.filter((fault) => !this.#provoked.some((pattern) => pattern.test(fault)));
  }

  check(): void {
    assert.deepEqual(this.unexpected, []);
  }
}

/** What the console says of a server that is gone or about to start (503), or of a network that is down. */
export const LOST_CONNECTION =
  /WebSocket connection to .* failed|Failed to load resource: (net::ERR_(CONNECTION|INTERNET|NETWORK|EMPTY|SOCKET)|.* status of 503)/;

/** What the console says of a request that is refused on purpose, and of the sockets that end with the session. */
export const REFUSED = /Failed to load resource: .* status of (401|403)|WebSocket connection to .* failed/;
