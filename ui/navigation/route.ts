/** The current screen. It is the part of the address after `#`, so that going back, reloading and opening a second
 *  window work. */
export type ScreenRoute =
  | { readonly name: 'home' }
  | { readonly name: 'conversation'; readonly conversationId: string }
  | { readonly name: 'settings' };

export const parseRoute = (hash: string): ScreenRoute => {
  const conversation = /^#\/c\/([0-9a-f-]{36})$/.exec(hash);
  if (conversation?.[1] !== undefined) return { name: 'conversation', conversationId: conversation[1] };
  return hash === '#/settings' ? { name: 'settings' } : { name: 'home' };
};

export const hashOf = (route: ScreenRoute): string => {
  switch (route.name) {
    case 'home':
      return '#/';
    case 'conversation':
      return `#/c/${route.conversationId}`;
    case 'settings':
      return '#/settings';
  }
};
