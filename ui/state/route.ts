/** Where in the client one is: the part of the address after `#`, so back, reload and a second window work. */
export type Route =
  | { readonly name: 'home' }
  | { readonly name: 'chat'; readonly chatId: string }
  | { readonly name: 'settings' };

export const parseRoute = (hash: string): Route => {
  const chat = /^#\/c\/([0-9a-f-]{36})$/.exec(hash);
  if (chat?.[1] !== undefined) return { name: 'chat', chatId: chat[1] };
  return hash === '#/settings' ? { name: 'settings' } : { name: 'home' };
};

export const hashOf = (route: Route): string => {
  switch (route.name) {
    case 'home':
      return '#/';
    case 'chat':
      return `#/c/${route.chatId}`;
    case 'settings':
      return '#/settings';
  }
};
