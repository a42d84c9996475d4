import type { Browser, BrowserContextOptions } from 'playwright-core';
import { ChatClient, freshName } from './chat-client.ts';
import { PersonPage } from './person-page.ts';
import { say } from './say.ts';
import type { Scope } from './temp-dir.ts';

/** Ada in front of her list; Ben and Cleo have written to her, Cleo last. */
export interface TalkedTo {
  readonly ada: PersonPage;
  /** Her other device. */
  readonly phone: ChatClient;
  readonly ben: ChatClient;
  readonly cleo: ChatClient;
}

export const talkedTo = async (
  scope: Scope,
  browser: Browser,
  place: { readonly url: string; readonly socketUrl: string },
  options: BrowserContextOptions = {},
): Promise<TalkedTo> => {
  const phone = await ChatClient.register(scope, place, freshName('ada'));
  const [ben, cleo] = [
    await ChatClient.register(scope, place, freshName('ben')),
    await ChatClient.register(scope, place, freshName('cleo')),
  ];
  for (const who of [ben, cleo]) {
    const { socket } = await who.online();
    for (const what of ['apples', 'pears', 'plums']) await say(socket, phone, `${what} from ${who.username}`);
    socket.terminate();
  }
  const ada = await PersonPage.login(scope, browser, place, phone.username, options);
  for (const who of [ben, cleo]) await ada.item(who.username).waitFor();
  return { ada, phone, ben, cleo };
};

export const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 720 },
  isMobile: true,
  hasTouch: true,
};
