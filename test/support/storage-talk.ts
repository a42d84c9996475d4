import assert from 'node:assert/strict';
import { ChatClient, freshName, type Place } from './chat-client.ts';
import type { ChatSocket } from './chat-socket.ts';
import { eventually } from './eventually.ts';
import { keptRows } from './kept-rows.ts';
import { LOST_CONNECTION, REFUSED } from './page-faults.ts';
import type { PersonPage } from './person-page.ts';
import type { Scope } from './temp-dir.ts';

/** What is tried on a device whose storage fails: somebody logs in, talks with a second person, comes back and logs out. */
export class StorageTalk {
  /** The window in use. */
  window: PersonPage;
  readonly userId: string;
  readonly peer: ChatClient;
  readonly #socket: ChatSocket;

  private constructor(window: PersonPage, userId: string, peer: ChatClient, socket: ChatSocket) {
    this.window = window;
    this.userId = userId;
    this.peer = peer;
    this.#socket = socket;
  }

  /** Logs in a new person in front of the login, who has a message from a second one. */
  static async begin(scope: Scope, place: Place, window: PersonPage): Promise<StorageTalk> {
    const [me, peer] = [
      await ChatClient.register(scope, place, freshName('ada')),
      await ChatClient.register(scope, place, freshName('ben')),
    ];
    const { socket } = await peer.online();
    await socket.answerTo(socket.send('message', { recipient_id: me.id, content: 'hello Ada' }));
    await window.login(me.username);
    return new StorageTalk(window, me.id, peer, socket);
  }

  /** Reads what has come, and answers. */
  async exchange(): Promise<void> {
    await this.window.openChat(this.peer.username);
    await this.window.shows(['hello Ada']);
    await this.window.write('hello Ben');
    await this.arrives('hello Ben');
  }

  async exchangeMore(text: string): Promise<void> {
    await this.window.write(text);
    await this.arrives(text);
  }

  /** The second person has it, as the next message, and the window knows. */
  async arrives(text: string): Promise<void> {
    const { payload } = await this.#socket.next('message');
    assert.equal(payload.content, text);
    await this.window.bubble(text).locator('.tick:not([data-state="sending"])').first().waitFor();
  }

  async notice(text: string): Promise<void> {
    await this.window.page.locator('storage-notice p', { hasText: text }).waitFor();
  }

  async noNotice(): Promise<void> {
    await this.window.page.locator('storage-notice').waitFor({ state: 'detached' });
  }

  /** Writes without a connection, and closes the window once both are on the device. */
  async leaveUnsent(message: string, draft: string): Promise<void> {
    const { window } = this;
    window.faults.provoke(LOST_CONNECTION);
    await window.context.setOffline(true);
    await window.write(message);
    await window.composer.fill(draft);
    await eventually(
      'message and draft to be on the device',
      async () => (await keptRows(window, 'outbox')).length + (await keptRows(window, 'drafts')).length === 2,
    );
    await window.page.close();
    await window.context.setOffline(false);
  }

  /** A further window, in the same conversation. */
  async newWindow(): Promise<PersonPage> {
    this.window = await this.window.secondTab();
    await this.window.openChat(this.peer.username);
    return this.window;
  }

  async logOut(): Promise<void> {
    const { page } = this.window;
    this.window.faults.provoke(REFUSED);
    await page.keyboard.press('Control+,');
    await this.window.button('Log out').click();
    await page.getByText('You are logged out.').waitFor();
  }

  /** The databases of the client in this browser, once one that is being deleted is gone. */
  async databases(): Promise<readonly string[]> {
    const names = (): Promise<readonly string[]> =>
      this.window.page.evaluate(async () =>
        (await indexedDB.databases())
          .map(({ name }) => name ?? '')
          .filter((name) => name.startsWith('parley:')),
      );
    await eventually('the database to be gone', async () => (await names()).length === 0).catch(
      () => undefined,
    );
    return await names();
  }
}
