const DEFAULT_PORTS = [
  ['http', ':80'],
  ['https', ':443'],
] as const;
const without = (host: string, port: string): string =>
  host.endsWith(port) && !host.endsWith(`:${port}`) ? host.slice(0, -port.length) : host;

/** Whether a browser page of this origin may talk to us: our own host by either scheme (a proxy may end TLS), or one
 *  that the operator listed. The same rule for CORS and for the WebSocket (SPEC §2, §5.1). */
export const originAllowed = (origin: string, host: string, allowed: readonly string[]): boolean => {
  const folded = origin.toLowerCase();
  const own = host.toLowerCase();
  // Browsers leave the default port out of an origin; a proxy may name it in Host.
  const isOwn = DEFAULT_PORTS.some(([scheme, port]) => folded === `${scheme}://${without(own, port)}`);
  if (own !== '' && isOwn) return true;
  return allowed.includes(folded);
};
