/** Which folder may import which, and which file may import a dependency. */

const within =
  (folder: string) =>
  (name: string): string =>
    `${folder}/${name}`;

/** What the edge may use of the actors: messages and addresses, see `FACES`. */
const ACTOR_MESSAGES = ['server/actors/services', 'server/actors/login-throttle', 'server/actors/account'];
const RUNTIME = ['server/protocol', 'server/runtime', 'server/runtime/log', 'server/runtime/threads'];
const CONTRACT = [...RUNTIME, 'server/storage', 'server/storage/attachments'];
const SQLITE = [
  ...CONTRACT,
  ...[
    'server/storage/rules',
    'server/storage/search',
    'server/storage/presenting',
    'server/storage/data-dir',
    'server/storage/sqlite',
    'server/storage/sqlite/attachments',
    'server/storage/sqlite/files',
  ],
  ...['server/storage/sqlite/migrations', 'server/storage/sqlite/queries', 'server/storage/sqlite/search'],
  ...['server/storage/sqlite/write-cache', 'server/storage/sqlite/writes'],
  ...['server/storage/transfer', 'server/storage/sqlite/transfer'],
];
const POSTGRES = [
  ...CONTRACT,
  ...['server/storage/rules', 'server/storage/presenting', 'server/storage/search'],
  'server/storage/postgres',
  ...['attachments', 'migrations', 'queries', 'writes', 'batch', 'search', 'transfer'].map(
    within('server/storage/postgres'),
  ),
  'server/storage/transfer',
];
/** Which store it is, is known here and to those who open one. */
const STORES = [...SQLITE, ...POSTGRES, 'server/storage/stores'];
const MESSAGES = [...CONTRACT, 'server/notifier', 'server/actors/services'];
const ACTORS = [
  'server/actors',
  ...['account', 'connection', 'connection/handlers', 'conversation', 'login-throttle'].map(
    within('server/actors'),
  ),
  ...['quarantine', 'services', 'tracing', 'user'].map(within('server/actors')),
];
const EDGE_BASE = [...CONTRACT, ...ACTOR_MESSAGES, 'server/config', 'server/notifier'];
const EDGE = [
  'server/edge',
  ...[
    'attachments',
    'auth',
    'control',
    'http',
    'images',
    'ops',
    'own-data',
    'push',
    'ws',
    'api',
    'api/admin',
    'api/documents',
    'api/reference',
  ].map(within('server/edge')),
];

const UI_BASE = ['server/protocol', 'ui/strings', 'ui/platform', 'ui/platform/desktop', 'ui/net'];
const UI_MODEL = [...UI_BASE, 'ui/model', 'ui/model/text'];
const UI_PARTS = [
  ...UI_MODEL,
  'ui/drafts',
  'ui/outbox',
  'ui/history',
  'ui/navigation',
  'ui/sync',
  'ui/storage',
  'ui/attachments',
];
const UI_ELEMENTS = [
  'shared',
  'account',
  'admin',
  'list',
  'files',
  'conversation',
  'search',
  'settings',
  'screen',
].map(within('ui/elements'));
const UI = [...UI_PARTS, 'ui/account', 'ui/admin', 'ui/app', 'ui/styles', ...UI_ELEMENTS];

/** What writes a data folder without its server. */
const SEED = SQLITE;
const MEASURE = ['machine', 'load', 'http', 'slow-sync', 'report', 'servers', 'corpus'].map(within('perf'));

/** Folder → the folders it may import, itself included. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  'server/protocol': ['server/protocol'],
  'server/runtime': ['server/protocol', 'server/runtime', 'server/runtime/log'],
  'server/runtime/log': ['server/runtime', 'server/runtime/log'],
  'server/runtime/native': ['server/runtime/native'],
  'server/runtime/threads': RUNTIME,
  'server/notifier': ['server/protocol', 'server/runtime', 'server/notifier'],
  'server/config': ['server/protocol', 'server/config', 'server/notifier', 'server/storage/postgres'],
  'server/storage': CONTRACT,
  'server/storage/attachments': CONTRACT,
  'server/storage/rules': [...CONTRACT, 'server/storage/rules'],
  'server/storage/search': ['server/storage/search'],
  'server/storage/presenting': [...CONTRACT, 'server/storage/rules', 'server/storage/presenting'],
  'server/storage/transfer': ['server/protocol', 'server/storage/rules', 'server/storage/transfer'],
  'server/storage/data-dir': ['server/storage', 'server/storage/data-dir', 'server/storage/sqlite'],
  'server/storage/sqlite': SQLITE,
  'server/storage/sqlite/attachments': SQLITE,
  'server/storage/sqlite/files': SQLITE,
  'server/storage/sqlite/migrations': ['server/storage/sqlite/migrations'],
  'server/storage/sqlite/queries': SQLITE,
  'server/storage/sqlite/search': SQLITE,
  'server/storage/sqlite/write-cache': [
    ...CONTRACT,
    'server/storage/rules',
    'server/storage/sqlite',
    'server/storage/sqlite/write-cache',
  ],
  'server/storage/sqlite/transfer': SQLITE,
  'server/storage/sqlite/writes': SQLITE,
  'server/storage/stores': STORES,
  'server/storage/postgres': POSTGRES,
  'server/storage/postgres/attachments': POSTGRES,
  'server/storage/postgres/migrations': ['server/storage/postgres/migrations'],
  'server/storage/postgres/queries': POSTGRES,
  'server/storage/postgres/writes': POSTGRES,
  'server/storage/postgres/batch': POSTGRES,
  'server/storage/postgres/search': POSTGRES,
  'server/storage/postgres/transfer': POSTGRES,
  'server/actors/services': MESSAGES,
  'server/actors/tracing': [...RUNTIME, 'server/storage', 'server/actors/services', 'server/actors/tracing'],
  'server/actors/quarantine': [...RUNTIME, 'server/actors/quarantine'],
  'server/actors/login-throttle': [...MESSAGES, 'server/actors/login-throttle'],
  'server/actors/account': [...MESSAGES, 'server/actors/login-throttle', 'server/actors/account'],
  'server/actors/user': [...MESSAGES, 'server/actors/user'],
  'server/actors/conversation': [...MESSAGES, 'server/actors/conversation'],
  'server/actors/connection': [...CONTRACT, ...ACTORS],
  'server/actors/connection/handlers': [...CONTRACT, ...ACTORS],
  'server/actors': [...CONTRACT, ...ACTORS, 'server/notifier', 'server/storage/stores'],
  'server/faults': [...CONTRACT, ...ACTORS, 'server/faults'],
  'server/edge/auth': [...EDGE_BASE, 'server/edge/auth'],
  'server/edge/control': [...RUNTIME, 'server/operator', 'server/edge/control'],
  'server/retention': [
    ...CONTRACT,
    ...['server/storage/rules', 'server/storage/transfer', 'server/storage/sqlite/files', 'server/retention'],
  ],
  'server/schedules': [
    ...CONTRACT,
    ...['actors/services', 'backup', 'config', 'retention'].map(within('server')),
  ],
  'server/operator': [
    'server/retention',
    ...[...STORES, 'server/actors/services', 'server/actors/login-throttle', 'server/edge/auth'],
    'server/actors/tracing',
    ...['server/config', 'server/edge/ops', 'server/operator'],
  ],
  'server/backup': [...SQLITE, 'server/config', 'server/backup'],
  'server/transfer': [...STORES, 'server/backup', 'server/transfer'],
  'server/transfer/chats': [...STORES, 'server/backup', 'server/transfer', 'server/transfer/chats'],
  'server/commands': [
    ...STORES,
    ...['backup', 'transfer', 'transfer/chats', 'config', 'edge/control', 'operator', 'commands'].map(
      within('server'),
    ),
  ],
  'server/edge/http': [...RUNTIME, 'server/config', 'server/edge/auth', 'server/edge/http'],
  'server/edge/ops': [...EDGE_BASE, 'server/actors/connection', 'server/edge/auth', 'server/edge/ops'],
  'server/edge/ws': [
    ...EDGE_BASE,
    ...ACTORS,
    'server/edge/auth',
    'server/edge/http',
    'server/edge/ops',
    'server/edge/ws',
  ],
  'server/edge/own-data': [
    ...EDGE_BASE,
    'server/storage/presenting',
    'server/edge/auth',
    'server/edge/http',
    'server/edge/own-data',
  ],
  'server/edge/attachments': [
    ...EDGE_BASE,
    ...['auth', 'http', 'ops', 'attachments'].map(within('server/edge')),
  ],
  'server/edge/push': [...EDGE_BASE, 'server/edge/auth', 'server/edge/push'],
  'server/edge/images': ['server/protocol', 'server/edge/images'],
  'server/edge/api/documents': ['server/protocol', 'server/edge/api/documents'],
  'server/edge/api/reference': ['server/protocol', 'server/edge/api/documents', 'server/edge/api/reference'],
  'server/edge/api': [
    ...EDGE_BASE,
    ...[
      '',
      '/attachments',
      '/auth',
      '/http',
      '/images',
      '/ops',
      '/own-data',
      '/push',
      '/api',
      '/api/admin',
      '/api/documents',
      '/api/reference',
    ].map((each) => `server/edge${each}`),
  ],
  'server/edge/api/admin': [
    ...EDGE_BASE,
    'server/operator',
    'server/edge',
    'server/edge/api',
    'server/edge/api/admin',
  ],
  'server/edge': [...CONTRACT, ...ACTORS, 'server/config', 'server/notifier', 'server/operator', ...EDGE],
  'server/entry': [
    ...[...STORES, ...ACTORS, ...EDGE, 'server/runtime/native', 'server/config', 'server/faults'],
    'server/notifier',
    'server/schedules',
    ...['server/backup', 'server/transfer', 'server/transfer/chats', 'server/operator', 'server/commands'],
  ],
  'ui/strings': ['server/protocol', 'ui/strings'],
  'ui/platform': ['server/protocol', 'ui/strings', 'ui/platform'],
  'ui/platform/desktop': ['server/protocol', 'ui/strings', 'ui/platform', 'ui/platform/desktop'],
  'ui/net': UI_BASE,
  'ui/model': UI_MODEL,
  'ui/model/text': ['server/protocol', 'ui/strings', 'ui/model/text'],
  'ui/drafts': [...UI_MODEL, 'ui/drafts'],
  'ui/outbox': [...UI_MODEL, 'ui/outbox'],
  'ui/history': [...UI_MODEL, 'ui/history'],
  'ui/navigation': [...UI_MODEL, 'ui/navigation'],
  'ui/sync': [...UI_MODEL, 'ui/sync'],
  'ui/storage': [...UI_MODEL, 'ui/drafts', 'ui/outbox', 'ui/attachments', 'ui/storage'],
  'ui/attachments': [...UI_MODEL, 'ui/outbox', 'ui/attachments'],
  'ui/account': [...UI_PARTS, 'ui/account'],
  'ui/app': [...UI_PARTS, 'ui/account', 'ui/app'],
  'ui/admin': [...UI_PARTS, 'ui/account', 'ui/app', 'ui/admin'],
  'ui/styles': ['ui/styles'],
  'ui/elements/shared': UI,
  ...Object.fromEntries(UI_ELEMENTS.map((group) => [group, UI])),
  'ui/entry': UI,
  'perf/machine': ['perf/machine'],
  'perf/load': ['perf/machine', 'perf/load'],
  'perf/load/xmpp': ['perf/machine', 'perf/load', 'perf/load/xmpp'],
  'perf/http': ['perf/machine', 'perf/http'],
  'perf/slow-sync': ['perf/machine', 'perf/slow-sync'],
  'perf/report': ['perf/machine', 'perf/report'],
  'perf/baselines': ['perf/baselines'],
  'perf/servers': [
    ...SEED,
    'server/edge/auth',
    'perf/machine',
    'perf/load',
    'perf/load/xmpp',
    'perf/servers',
  ],
  'perf/corpus': [...SEED, 'perf/load', 'perf/servers', 'perf/corpus'],
  'perf/benchmarks': [
    ...SEED,
    ...['', '/batch', '/search'].map((folder) => `server/storage/postgres${folder}`),
    'server/storage/stores',
    ...MEASURE,
    'perf/benchmarks',
  ],
  'perf/growth': [...SEED, ...MEASURE, 'perf/benchmarks', 'perf/growth'],
  'perf/entry': [...MEASURE, 'perf/load/xmpp', 'perf/benchmarks', 'perf/growth', 'perf/baselines'],
};

/** What may be imported of a folder from outside it, where that is less than everything. */
export const FACES: readonly { readonly of: RegExp; readonly by: RegExp; readonly only: RegExp }[] = [
  { of: /^server\/protocol$/, by: /^server\/runtime/, only: /\/errors\.ts$/ },
  {
    of: /^server\/storage\/sqlite/,
    by: /^perf\//,
    only: /\/(open-writer|queries)\.ts$/,
  },
  // Queries and writes get an `Rx` or a `Tx`, and never the connection itself.
  {
    of: /^server\/storage\/sqlite$/,
    by: /^server\/storage\/sqlite\/(queries|search|write-cache|writes)$/,
    only: /\/(deletion-policy|transactions|uuid)\.ts$/,
  },
  // The syntax of a database URL, for a refusal before anything starts.
  { of: /^server\/storage\/postgres$/, by: /^server\/config$/, only: /\/connection-options\.ts$/ },
  { of: /^server\/edge\/auth$/, by: /^perf\//, only: /\/(secrets|signing-keys|tokens)\.ts$/ },
  {
    of: /^server\/actors\/(account|login-throttle)$/,
    by: /^server\/edge\//,
    only: /\/messages\.ts$/,
  },
  // Fault injection has one door.
  { of: /^server\/faults$/, by: /^server\/entry$/, only: /\/faults\.ts$/ },
];

/** One door per dependency. */
export const DOORS: Readonly<Record<string, RegExp>> = {
  '@nats-io/transport-node': /^server\/notifier\/nats-session\.ts$/,
  '@redis/client': /^server\/notifier\/redis-session\.ts$/,
  'better-sqlite3': /^(server\/storage\/|perf\/baselines\/|perf\/servers\/peers\.ts$)/,
  pg: /^server\/storage\/postgres\//,
  'uWebSockets.js': /^(server\/edge|perf\/baselines)\//,
  ws: /^perf\/baselines\//,
  autocannon: /^perf\/http\//,
  http_ece: /^server\/edge\/push\/encrypt\.ts$/,
  jose: /^server\/edge\//,
  piscina: /^server\/runtime\//,
  pino: /^server\/runtime\/log\/log\.ts$/,
  '@streamparser/json': /^server\/transfer\/chats\/json-pieces\.ts$/,
  tar: /^server\/backup\//,
  yazl: /^server\/edge\/own-data\//,
  yargs: /^server\/commands\//,
  uuid: /^server\/runtime\/ids\.ts$/,
  '@node-rs/argon2': /^server\/helper\.ts$/,
  '@neutralinojs/lib': /^ui\/platform\//,
};
