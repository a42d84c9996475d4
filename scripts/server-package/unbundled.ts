/** The packages that the server's bundle leaves in node_modules: native ones, and those that look for files beside themselves. */
export const UNBUNDLED: readonly string[] = [
  '@node-rs/argon2',
  'better-sqlite3',
  'pg',
  'piscina',
  'uWebSockets.js',
];
