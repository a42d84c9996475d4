/** Narrows what the page may connect to: the program around it and the one server the person chose. The policy in
 *  `serverHeaders` can't know that server; this one comes on top of it and only takes away. */
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
