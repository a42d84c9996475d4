/** A policy that restricts the page's connections to the app's own process and the server that the user chose. The
 *  policy in `serverHeaders` can't know that server. This one is added to it and can only forbid more. */
export const connectPolicy = (self: string, server: string): string => {
  const sockets = (origin: string): string => origin.replace(/^http/, 'ws');
  const sources = [self, server].filter((origin) => origin !== '');
  return `connect-src ${sources.flatMap((origin) => [origin, sockets(origin)]).join(' ')}`;
};

export const narrowConnections = (page: Document, server: string): void => {
  const meta = page.createElement('meta');
  meta.httpEquiv = 'Content-Security-Policy';
  meta.content = connectPolicy(page.location.origin, server);
  page.head.append(meta);
};
