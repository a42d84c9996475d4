/** Which test files run where. Names are relative to `test/`. */

/**
 * @param {string} folder
 * @param {string} names separated by white space
 */
const filesIn = (folder, names) =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => `${folder}/${name}.test.ts`);

/** The longest of their stages, which go first: one that is begun last runs alone at the end. */
export const LONGEST = [
  'faults/faults.test.ts',
  ...filesIn('system', 'start-check unread-output proxies crash backup registration'),
  ...filesIn(
    'browser',
    'accessible restored-server desktop-page tabs never-lost storage-lost reading first-sight',
  ),
];

/** Files that prove in further ways, and at a price, what cheaper ones prove too: `npm test` leaves them to the scale `extended`. */
export const EXTENDED = [
  ...filesIn('desktop', 'bundle launcher packages window-watcher'),
  ...filesIn('notifier', 'broker-failures exchange-on-brokers'),
  ...filesIn('supply', 'install production'),
  ...filesIn(
    'storage',
    'postgres/account-races postgres/account-storm postgres/queries postgres/search-index search/graphemes sqlite/erasure',
  ),
  ...filesIn('deploy', 'server-tarball'),
  ...filesIn('scripts', 'test-run'),
  ...filesIn('transfer', 'chats/both-stores'),
  ...filesIn(
    'system',
    `balancers balancer-repeats binaries cluster-command commands disk documented-client faults import-chats keys killed-commands one-line several-hosts several-hosts-brokers
     slow-reader postgres-backup postgres-failover postgres-failures proxies proxy-hints root-commands start-check
     syscalls transfer unread-output`,
  ),
  ...filesIn('hostile', 'descriptors packets reconnect-storm sigterm slow-readers'),
  ...filesIn('security', 'endings enumeration fail-closed login-flood refresh'),
  ...filesIn(
    'browser',
    `api-reference blocked-websockets desktop-page device-time elements-alive endings focus language missing-parts naughty-strings offline-start panels password-reset renewal restored-server
     storage-rows`,
  ),
];

/** Tests of what only SQLite has: its files and its disk, and what the server keeps in its data directory. */
export const SQLITE_ONLY = filesIn(
  'system',
  `administration backup crash damaged-store disk faults history keys locked-store one-line start-check syscalls`,
);

/** System tests that run on PostgreSQL too; `npm run test:postgres` runs all that are not SQLite's own. */
export const ON_BOTH = filesIn('system', 'conversation');
/** More of them, at the scale `extended`. */
export const ON_BOTH_EXTENDED = filesIn(
  'system',
  'commands resume deletion login-limit presence receipts retry search sessions',
);
