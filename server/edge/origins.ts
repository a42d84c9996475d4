/** Whether a browser page of this origin may talk to us: our own host by either scheme (a proxy may end TLS), or one
 *  that the operator listed. The same rule for CORS and for the WebSocket (SPEC §2, §5.1). */
export const originAllowed = (origin: string, host: string, allowed: readonly string[]): boolean => {
  const folded = origin.toLowerCase();
  const own = host.toLowerCase();
  if (own !== '' && (folded === `http://${own}` || folded === `https://${own}`)) return true;
  return allowed.includes(folded);
};
