import { parseRoute } from '../../navigation/route.ts';
import { loadConversation } from './load-conversation.ts';
import { loadPart, type Missing } from '../shared/load-part.ts';

/** Also loads the conversation view if the address names a conversation. If that fails, the chat reports it. */
const loadChat = async (): Promise<void> => {
  const isOpen = parseRoute(location.hash).name === 'conversation';
  const conversation = isOpen ? loadConversation().catch(() => undefined) : null;
  await import('./chat-screen.ts');
  await conversation;
};

/** Each screen is in a file of its own, because a start needs only one of them. */
const SCREENS = {
  login: () => import('../account/login-screen.ts'),
  reset: () => import('../account/reset-screen.ts'),
  chat: loadChat,
} as const;
export type ScreenName = keyof typeof SCREENS;

export const loadScreen = (name: ScreenName): Promise<Missing | null> => loadPart(SCREENS[name]);

const preloadChat = (): void => void SCREENS.chat().catch(() => undefined);

/** Loads the screen that is needed. The chat is also loaded when the user begins to log in. A screen that fails to
 *  load is requested again when it is shown. */
export const loadScreens = async (signedIn: boolean): Promise<void> => {
  if (signedIn) {
    preloadChat();
    return;
  }
  addEventListener('input', preloadChat, { once: true });
  await SCREENS.login().catch(() => undefined);
};
