const loadLogin = (): Promise<unknown> => import('./login-screen.ts');
const loadChat = (): Promise<unknown> => import('./chat-screen.ts');

/** The login and the chat come in files of their own: nobody needs both at once. First the one that is shown, then the chat
 *  while somebody logs in. */
export const loadScreens = async (signedIn: boolean): Promise<void> => {
  if (!signedIn) await loadLogin().catch(() => undefined);
  await loadChat().catch(() => undefined);
};
