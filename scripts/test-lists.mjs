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
  ...filesIn('system', 'crash backup registration'),
  ...filesIn('browser', 'accessible restored-server tabs never-lost storage-lost reading first-sight'),
];

/** Files that prove in further ways, and at a price, what cheaper ones prove too: `npm test` leaves them to the scale `extended`. */
export const EXTENDED = [
  ...filesIn('desktop', 'bundle packages'),
  ...filesIn('supply', 'install production'),
  ...filesIn('storage', 'postgres/account-races search/graphemes'),
  ...filesIn('deploy', 'server-tarball'),
  ...filesIn('scripts', 'test-run'),
  ...filesIn(
    'system',
    `faults push-hosts several-hosts several-hosts-own-data slow-reader postgres-backup postgres-failover postgres-failures root-commands syscalls`,
  ),
  ...filesIn('hostile', 'reconnect-storm sigterm slow-readers'),
  ...filesIn('security', 'endings enumeration fail-closed login-flood refresh'),
  ...filesIn('browser', 'elements-alive language offline-start restored-server share targets'),
];

/** Files that repeat with other kinds of servers, or with more of something, what others prove, or that prove what seldom changes: they
 *  are left to the scale `full`. */
export const FULL = [
  ...filesIn(
    'browser',
    `api-reference blocked-websockets desktop-own-data desktop-page device-time endings focus missing-parts naughty-strings panels password-reset
     renewal storage-rows`,
  ),
  ...filesIn('desktop', 'launcher window-watcher'),
  ...filesIn('hostile', 'descriptors packets'),
  ...filesIn('notifier', 'broker-failures exchange-on-brokers'),
  ...filesIn('storage', 'postgres/account-storm postgres/queries postgres/search-index sqlite/erasure'),
  ...filesIn('transfer', 'chats/both-stores'),
  ...filesIn(
    'system',
    `balancers balancer-repeats binaries cluster-command commands disk documented-client import-chats keys killed-commands one-line
     proxies proxy-hints rolling-upgrade several-hosts-brokers start-check traces transfer unread-output`,
  ),
];

/** Tests of what only SQLite has: its files and its disk, and what the server keeps in its data directory. */
export const SQLITE_ONLY = filesIn(
  'system',
  `administration backup backup-attachments crash damaged-store disk faults history keys locked-store one-line start-check syscalls`,
);

/** System tests that run on PostgreSQL too; `npm run test:postgres` runs all that are not SQLite's own. */
export const ON_BOTH = filesIn('system', 'conversation');
/** More of them, at the scale `extended`. */
export const ON_BOTH_EXTENDED = filesIn('system', 'attachments resume retry');
