import assert from 'node:assert/strict';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { WAIT_MS } from './browser.ts';
import { ChatClient, PASSWORD } from './chat-client.ts';
import { eventually } from './eventually.ts';
import { PageFaults } from './page-faults.ts';
import type { Scope } from './temp-dir.ts';

export type Delivery = 'sending' | 'failed' | 'sent' | 'delivered' | 'read';
export interface SentFrame {
  readonly id: string;
  readonly type: string;
}

/** Without the worker that keeps the client's files: what a test does to the network is done to the page. */
const DESK: BrowserContextOptions = {
  locale: 'en-GB',
  viewport: { width: 1280, height: 800 },
  serviceWorkers: 'block',
};

/** Whether to tell of new messages is asked after the first one; tests of something else have answered that. */
const answerQuestion = (): void => {
  try {
    const key = 'parley.preferences';
    if (localStorage.getItem(key) === null) localStorage.setItem(key, '{"notifyAsked":true}');
  } catch {
    // A browser without storage, or a page that may not have it: there the question is asked.
  }
};

/** As a login leaves it, once: what becomes of the session afterwards is the client's. */
/** Runs in the page, before it loads anything: signs in, once. */
export const keepSession = (session: string): void => {
  // The empty document that a window begins with has no storage.
  if (location.origin === 'null') return;
  const mark = 'test.signedIn';
  if (localStorage.getItem(mark) !== null) return;
  localStorage.setItem(mark, '');
  localStorage.setItem('parley.session', session);
};

/** The client in a window of its own browser context, as the person in front of it uses it. After the test the window
 *  must have nothing to complain of. */
export class PersonPage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly faults: PageFaults;
  /** What this window's sockets sent. */
  readonly sent: SentFrame[] = [];
  username = '';
  readonly #url: string;

  private constructor(page: Page, faults: PageFaults, url: string) {
    this.page = page;
    this.context = page.context();
    this.faults = faults;
    this.#url = url;
    page.setDefaultTimeout(WAIT_MS);
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => this.sent.push(JSON.parse(String(payload)) as SentFrame));
    });
  }

  /** A window in front of the login. */
  static async open(
    scope: Scope,
    browser: Browser,
    place: { readonly url: string },
    options: BrowserContextOptions = {},
  ): Promise<PersonPage> {
    return await PersonPage.openIn(scope, await browser.newContext({ ...DESK, ...options }), place);
  }

  /** The same, in a context that is closed with it. */
  static async openIn(
    scope: Scope,
    context: BrowserContext,
    place: { readonly url: string },
  ): Promise<PersonPage> {
    const person = await PersonPage.#start(scope, context, place);
    await person.page.locator('#username').waitFor();
    return person;
  }

  static async #start(
    scope: Scope,
    context: BrowserContext,
    place: { readonly url: string },
  ): Promise<PersonPage> {
    const faults = await PageFaults.watch(context);
    await context.addInitScript(answerQuestion);
    scope.after(async () => {
      await context.close();
      faults.check();
    });
    const person = new PersonPage(await context.newPage(), faults, place.url);
    await person.page.goto(place.url);
    return person;
  }

  /** A window of somebody new, who is signed in: without the screen and the typing of a login, which others try. */
  static async signedIn(
    scope: Scope,
    browser: Browser,
    { url }: { readonly url: string },
    username: string,
    options: BrowserContextOptions = {},
  ): Promise<PersonPage> {
    const me = await ChatClient.register(scope, { url, socketUrl: '' }, username);
    const { id, accessToken, refreshToken, expiresIn } = me;
    const context = await browser.newContext({ ...DESK, ...options });
    const expiresAt = performance.timeOrigin + performance.now() + expiresIn * 1000;
    const session = { userId: id, username, accessToken, refreshToken, expiresAt };
    await context.addInitScript(keepSession, JSON.stringify(session));
    const person = await PersonPage.#start(scope, context, { url });
    person.username = username;
    await person.isIn();
    return person;
  }

  static async register(
    scope: Scope,
    browser: Browser,
    place: { readonly url: string },
    username: string,
    options: BrowserContextOptions = {},
  ): Promise<PersonPage> {
    const person = await PersonPage.open(scope, browser, place, options);
    await person.register(username);
    return person;
  }

  static async login(
    scope: Scope,
    browser: Browser,
    place: { readonly url: string },
    username: string,
    options: BrowserContextOptions = {},
  ): Promise<PersonPage> {
    const person = await PersonPage.open(scope, browser, place, options);
    await person.login(username);
    return person;
  }

  /** A further window of the same browser: same person, same storage. */
  async secondTab(): Promise<PersonPage> {
    const tab = await this.newWindow();
    await tab.isIn();
    return tab;
  }

  /** The same, whatever it shows. */
  async newWindow(): Promise<PersonPage> {
    const tab = new PersonPage(await this.context.newPage(), this.faults, this.#url);
    tab.username = this.username;
    await tab.page.goto(this.#url);
    return tab;
  }

  async register(username: string): Promise<void> {
    await this.button('New here? Create an account').click();
    await this.#enter(username);
  }

  async login(username: string): Promise<void> {
    await this.#enter(username);
  }

  /** The chat is shown and the connection is live. */
  async isIn(): Promise<void> {
    await this.page.locator('user-list nav').waitFor();
    await this.page.locator('user-list').locator('li, .none').first().waitFor();
    await this.page.locator('connection-bar .line').waitFor({ state: 'detached' });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  get composer(): Locator {
    return this.page.locator('message-input textarea');
  }

  /** The line of a conversation in the list. */
  item(name: string): Locator {
    return this.page.locator('user-item', { hasText: name });
  }

  bubble(text: string): Locator {
    return this.page.locator('message-list li.row', { hasText: text });
  }

  /** Finds somebody by name and opens a conversation. */
  async meet(name: string): Promise<void> {
    await this.page.locator('.top').getByRole('button', { name: 'New conversation' }).click();
    await this.page.locator('new-conversation input').fill(name);
    await this.page.locator('new-conversation button.result', { hasText: name }).click();
    await this.talksTo(name);
  }

  async openChat(name: string): Promise<void> {
    await this.item(name).locator('a').click();
    await this.talksTo(name);
  }

  async talksTo(name: string): Promise<void> {
    await this.page.locator('conversation-header h2', { hasText: name }).waitFor();
    await this.page.locator('message-list .edge').first().waitFor({ state: 'attached' });
  }

  async write(text: string): Promise<void> {
    await this.composer.fill(text);
    // On a touch screen it breaks the line.
    if ((await this.composer.getAttribute('enterkeyhint')) === 'send') await this.composer.press('Enter');
    else await this.page.locator('message-input .send').click();
  }

  /** Many, as fast as the field takes them: by its events, without waiting for the screen in between. */
  async writeAll(texts: readonly string[]): Promise<void> {
    await this.composer.evaluate(async (field, texts) => {
      const area = field as HTMLTextAreaElement;
      for (const text of texts) {
        area.value = text;
        area.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
        area.dispatchEvent(
          new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, composed: true, cancelable: true }),
        );
        await Promise.resolve();
      }
    }, texts);
  }

  /** The messages on screen and above it, from the oldest loaded one on. */
  async texts(): Promise<readonly string[]> {
    return await this.page.locator('message-list message-bubble .text').allTextContents();
  }

  /** Exactly these, in this order. */
  async shows(expected: readonly string[], ms = WAIT_MS): Promise<void> {
    let texts: readonly string[] = [];
    const isSo = async (): Promise<boolean> => {
      texts = await this.texts();
      return JSON.stringify(texts) === JSON.stringify(expected);
    };
    await eventually('the messages to be shown', isSo, ms).catch(() => {
      assert.deepEqual(texts, expected, `${this.username} sees`);
    });
  }

  async showsState(text: string, state: Delivery): Promise<void> {
    await this.bubble(text).locator(`.tick[data-state="${state}"]`).first().waitFor();
  }

  /** What has the focus, through all shadow roots: the name of the element, `BODY` when it is lost. */
  async focused(): Promise<string> {
    return await this.page.evaluate(() => {
      let at = document.activeElement;
      for (let inner = at?.shadowRoot?.activeElement; inner; inner = at.shadowRoot?.activeElement) at = inner;
      return at?.tagName ?? 'nothing';
    });
  }

  /** What a screen reader would call that: its label, or its text. */
  async focusedName(): Promise<string> {
    return await this.page.evaluate(() => {
      let at = document.activeElement;
      for (let inner = at?.shadowRoot?.activeElement; inner; inner = at.shadowRoot?.activeElement) at = inner;
      const labels = at instanceof HTMLInputElement ? at.labels : null;
      return (at?.ariaLabel ?? labels?.[0]?.textContent ?? at?.textContent ?? '').trim();
    });
  }

  async #enter(username: string): Promise<void> {
    this.username = username;
    await this.page.locator('#username').fill(username);
    await this.page.locator('#password').fill(PASSWORD);
    await this.page.locator('login-screen button[type="submit"]').click();
    await this.isIn();
  }
}
