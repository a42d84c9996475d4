/** The packages that the server's bundle leaves in node_modules: native ones, those that look for files beside themselves, and those that
 *  bring no text of their licence. */
export const UNBUNDLED: readonly string[] = [
  '@nats-io/transport-node',
  '@node-rs/argon2',
  '@redis/client',
  'better-sqlite3',
  'http_ece',
  'pg',
  'piscina',
  'uWebSockets.js',
];
