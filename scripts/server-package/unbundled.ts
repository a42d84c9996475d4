/** The packages that the server's bundle leaves in node_modules: native ones, and those that look for files beside themselves. */
export const UNBUNDLED: readonly string[] = [
  '@nats-io/transport-node',
  '@node-rs/argon2',
  '@redis/client',
  'better-sqlite3',
  'pg',
  'piscina',
  'uWebSockets.js',
];
