/** Engines differ in what else they let through as a host; a blank, as `%20`, is one of them. */
const HOST = /^([a-z\d._-]+|\[[\da-f:.]+\])$/;
const LOCAL = /^(localhost|127(\.\d+){3}|\[::1\])(:|\/|$)/i;

/** The origin somebody means who types where their server is; null when it is none. Without a scheme it is https,
 *  or http on this very machine. A name or a password in it is refused: they would be sent to whoever is there. */
export const serverAddress = (typed: string): string | null => {
  const text = typed.trim();
  const full = /^[a-z][\w+.-]*:\/\//i.test(text) ? text : `${LOCAL.test(text) ? 'http' : 'https'}://${text}`;
  if (!URL.canParse(full)) return null;
  const { protocol, username, password, hostname, origin } = new URL(full);
  const web = protocol === 'https:' || protocol === 'http:';
  return web && username === '' && password === '' && HOST.test(hostname) ? origin : null;
};
