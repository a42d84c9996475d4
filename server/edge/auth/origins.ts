const DEFAULT_PORTS = [
  ['http', ':80'],
  ['https', ':443'],
] as const;
const without = (host: string, port: string): string =>
  host.endsWith(port) && !host.endsWith(`:${port}`) ? host.slice(0, -port.length) : host;

/** Whether a browser page of this origin may use the server: the server's own host with either scheme (a proxy may do TLS), or an
 *  origin that the operator listed. CORS and the WebSocket follow the same rule [O2]. */
export const originAllowed = (origin: string, host: string, allowed: readonly string[]): boolean => {
  const folded = origin.toLowerCase();
  const own = host.toLowerCase();
  // Browsers leave the default port out of an origin; a proxy may name it in Host.
  const isOwn = DEFAULT_PORTS.some(([scheme, port]) => folded === `${scheme}://${without(own, port)}`);
  if (own !== '' && isOwn) return true;
  return allowed.includes(folded);
};
