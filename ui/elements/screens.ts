import { parseRoute } from '../state/route.ts';
import { loadConversation } from './load-conversation.ts';
import { loadPart, type Missing } from './load-part.ts';

/** With the conversation that the address names; what is missing of that, the chat says itself. */
const loadChat = async (): Promise<void> => {
  const isOpen = parseRoute(location.hash).name === 'chat';
  const conversation = isOpen ? loadConversation().catch(() => undefined) : null;
  await import('./chat-screen.ts');
  await conversation;
};

/** The login and the chat come in files of their own: nobody needs both at once. */
const SCREENS = {
  login: () => import('./login-screen.ts'),
  chat: loadChat,
} as const;
export type ScreenName = keyof typeof SCREENS;

export const loadScreen = (name: ScreenName): Promise<Missing | null> => loadPart(SCREENS[name]);

const preloadChat = (): void => void SCREENS.chat().catch(() => undefined);

/** The one that is shown; the chat also once somebody begins to log in. What does not come is asked for again when it is shown. */
export const loadScreens = async (signedIn: boolean): Promise<void> => {
  if (signedIn) {
    preloadChat();
    return;
  }
  addEventListener('input', preloadChat, { once: true });
  await SCREENS.login().catch(() => undefined);
};
