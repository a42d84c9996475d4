import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { aliveElements } from '../support/alive.ts';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { PersonPage } from '../support/person-page.ts';
import { scaled } from '../support/scale.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

/** At least three times what may be left alive: in the sample a leak of one element in three rounds is seen. */
const ROUNDS = scaled({ sample: 30, full: 1000 });
const MESSAGES = 20;
const AT_MOST = 10;
const VIEWS = ['conversation-view', 'message-list', 'conversation-header', 'message-input'] as const;

/** Opens and closes conversations as their links do, as fast as the screen follows. */
const openAndClose = async (person: PersonPage, links: readonly string[], rounds: number): Promise<void> => {
  await person.page.locator('chat-screen').evaluate(
    async (screen, { links, rounds }) => {
      const painted = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      const until = async (there: boolean): Promise<void> => {
        const isThere = (): boolean =>
          (screen.shadowRoot?.querySelector('conversation-view')?.shadowRoot?.querySelector('message-list') ??
            null) !== null;
        while (isThere() !== there) await painted();
      };
      for (let round = 0; round < rounds; round += 1) {
        location.hash = links[round % links.length] ?? '';
        await until(true);
        location.hash = '#/';
        await until(false);
      }
    },
    { links, rounds },
  );
};

test(`${String(ROUNDS)} times a conversation opened and closed leave at most ${String(AT_MOST)} elements of it alive`, async (t) => {
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'));
  const people = [];
  for (const name of ['ben', 'cleo']) people.push(await ChatClient.register(t, server, freshName(name)));
  for (const person of people) {
    const { socket } = await person.online();
    const { users } = await person.get<{ users: { id: string }[] }>(`/users?query=${ada.username}`);
    const ids = Array.from({ length: MESSAGES }, (_, at) =>
      socket.send('message', { recipient_id: users[0]!.id, content: `message ${String(at)}` }),
    );
    for (const id of ids) await socket.answerTo(id);
  }
  const links: string[] = [];
  for (const { username } of people) {
    await ada.openChat(username);
    links.push(new URL(ada.page.url()).hash);
  }
  const cdp = await ada.context.newCDPSession(ada.page);
  await openAndClose(ada, links, 5);
  const first = await aliveElements(cdp, [...VIEWS, 'message-bubble']);
  await openAndClose(ada, links, ROUNDS);
  const last = await aliveElements(cdp, [...VIEWS, 'message-bubble']);
  t.diagnostic(`after 5: ${JSON.stringify(first)}, after ${String(ROUNDS)}: ${JSON.stringify(last)}`);
  for (const name of VIEWS) assert.ok(last[name]! <= AT_MOST, `${name}: ${String(last[name])} alive`);
  assert.ok(last['message-bubble']! <= AT_MOST * MESSAGES, `${String(last['message-bubble'])} bubbles alive`);
  await ada.openChat(people[0]!.username);
  // The count counts: with a conversation open there is one.
  assert.ok((await aliveElements(cdp, VIEWS))['message-list']! >= 1);
});
