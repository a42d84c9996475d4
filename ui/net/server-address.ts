/** Engines differ in what else they accept as a host, for example a blank as `%20`. */
const HOST = /^([a-z\d._-]+|\[[\da-f:.]+\])$/;
const LOCAL = /^(localhost|127(\.\d+){3}|\[::1\])(:|\/|$)/i;

/** Returns the origin that the user means, or null if the text is none. Without a scheme, https is assumed, and http
 *  for this machine. An address with a user name or a password is refused, because those would be sent to whoever
 *  answers. */
export const serverAddress = (typed: string): string | null => {
  const text = typed.trim();
  const full = /^[a-z][\w+.-]*:\/\//i.test(text) ? text : `${LOCAL.test(text) ? 'http' : 'https'}://${text}`;
  if (!URL.canParse(full)) return null;
  const { protocol, username, password, hostname, origin } = new URL(full);
  const web = protocol === 'https:' || protocol === 'http:';
  return web && username === '' && password === '' && HOST.test(hostname) ? origin : null;
};
