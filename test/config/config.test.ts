import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { loggable, parseConfig, type Config } from '../../server/config/config.ts';
import { VARIABLE_NAMES } from '../../server/config/variables.ts';
import { DESKTOP_ORIGINS } from '../../server/protocol/desktop-origin.ts';

const GOOD = 'a key of the operator, 32 bytes or more';
const FILES: Readonly<Record<string, string | Uint8Array>> = {
  '/good': `${GOOD}\n`,
  '/good-crlf': `${GOOD}\r\n`,
  '/two-lines': `${GOOD}\n\n`,
  '/letters': `Grüße an den Schlüssel, ${'é'.repeat(3)}ç`,
  '/short': 'short\n',
  '/bytes': Buffer.alloc(11, 0xff),
  '/random': Buffer.from('5f8ad1c9e0b2774e11fa90c3d6e8f7a2b4c6d8eaf0123456789abcdef0fedcba', 'hex'),
  '/utf-16': Buffer.from(`\ufeff${GOOD}`, 'utf16le'),
  '/utf-16-without-mark': Buffer.from(GOOD, 'utf16le'),
  '/blank': `${' \t'.repeat(20)}\n`,
};

const machine = {
  cores: 8,
  readFile: (path: string): Uint8Array => {
    const bytes = FILES[path];
    if (bytes !== undefined) return Buffer.from(bytes);
    throw Object.assign(new Error('no'), { code: 'ENOENT' });
  },
};
const parse = (env: Record<string, string>) => parseConfig(env, machine);
const configOf = (env: Record<string, string>): Config => {
  const parsed = parse(env);
  assert.ok('config' in parsed, JSON.stringify(parsed));
  return parsed.config;
};

test('without variables the defaults of the README apply', () => {
  assert.deepEqual(configOf({}), {
    host: '127.0.0.1',
    port: 8080,
    dataDir: './data',
    jwtSecret: null,
    refreshSecret: null,
    database: null,
    broker: null,
    nodeName: null,
    drainMs: 0,
    shards: 6,
    allowedOrigins: [...DESKTOP_ORIGINS],
    trustProxy: [],
    registration: 'open',
    logLevel: 'info',
    loginWindowS: 900,
    loginMaxFailures: 5,
    accessTtlS: 3600,
    refreshTtlS: 2_592_000,
    heartbeatS: 30,
    signupsPerHour: 20,
    sendRate: 10,
    sendBurst: 60,
    socketsPerIp: 0,
    metricsPort: null,
    backups: null,
    retentionDays: 0,
    attachmentMaxBytes: 25 * 1024 * 1024,
    push: null,
    acceptedBinaries: [],
    testFaults: false,
  });
});

test('hosts on one database tell each other of changes through it, or through the broker that is named, whose password is not logged', () => {
  const database = {
    PARLEY_DATABASE_URL: 'postgres://chat@db/parley',
    PARLEY_JWT_SECRET: GOOD,
    PARLEY_REFRESH_SECRET: GOOD,
  };
  assert.deepEqual(configOf(database).broker, { url: 'postgres', prefix: 'parley' });
  const url = 'nats://chat:hunter2hunter2@broker:4223';
  const chosen = {
    PARLEY_BROKER_URL: url,
    PARLEY_BROKER_PREFIX: 'test',
    PARLEY_NODE_NAME: 'chat-1.example',
    PARLEY_DRAIN_S: '2.5',
  };
  const config = configOf({ ...database, ...chosen });
  assert.deepEqual(
    [config.broker, config.nodeName, config.drainMs],
    [{ url, prefix: 'test' }, 'chat-1.example', 2_500],
  );
  assert.deepEqual(loggable(config)['broker'], { name: 'nats broker:4223', prefix: 'test' });
  assert.ok(!JSON.stringify(loggable(config)).includes('hunter2'));
  assert.equal(configOf({ PARLEY_BROKER_URL: 'none' }).broker, null);
});

test('a database needs both secrets, and its password is not logged', () => {
  const url = 'postgres://chat:hunter2hunter2@h1,h2:5433/parley?sslmode=verify-full';
  const alone = parse({ PARLEY_DATABASE_URL: url, PARLEY_JWT_SECRET: GOOD });
  assert.ok('faults' in alone);
  assert.deepEqual(
    alone.faults.map(({ name }) => name),
    ['PARLEY_REFRESH_SECRET'],
  );
  assert.match(alone.faults[0]?.reason ?? '', /together with PARLEY_DATABASE_URL/);
  const secrets = { PARLEY_JWT_SECRET: GOOD, PARLEY_REFRESH_SECRET_FILE: '/good' };
  const config = configOf({ PARLEY_DATABASE_URL: url, PARLEY_DATABASE_POOL: '3', ...secrets });
  assert.deepEqual(config.database, { url, pool: 3 });
  assert.deepEqual(loggable(config)['database'], { name: 'h1:5432,h2:5433/parley', pool: 3 });
  assert.ok(!JSON.stringify(loggable(config)).includes('hunter2'));
  const both = parse({ PARLEY_DATABASE_URL: url, PARLEY_DATABASE_URL_FILE: '/good', ...secrets });
  assert.ok('faults' in both && both.faults[0]?.reason.includes('must not be set together'));
});

test('a path that begins with ~ begins with the home directory, or is refused with what to write instead', () => {
  const at = (env: Record<string, string>, home: string | undefined = '/home/ada') =>
    parseConfig(env, { ...machine, home });
  const dirOf = (path: string): string => {
    const parsed = at({ PARLEY_DATA_DIR: path });
    return 'config' in parsed ? parsed.config.dataDir : '';
  };
  assert.equal(dirOf('~/parley'), '/home/ada/parley');
  assert.equal(dirOf('~'), '/home/ada');
  assert.equal(dirOf('./~'), './~');
  assert.equal(dirOf('/srv/~/x'), '/srv/~/x');
  const refused = (path: string, home?: string) => {
    const parsed = at({ PARLEY_DATA_DIR: path }, home);
    return 'faults' in parsed ? parsed.faults : [];
  };
  const refusals = [
    [refused('~ben/parley'), /another user's name/],
    [refused('~/parley', ''), /HOME is not set: write the path in full/],
  ] as const;
  for (const [faults, reason] of refusals) {
    assert.deepEqual(
      faults.map(({ name }) => name),
      ['PARLEY_DATA_DIR'],
    );
    assert.match(faults[0]?.reason ?? '', reason);
  }
  const secret = at({ PARLEY_JWT_SECRET_FILE: '~/good' }, '');
  assert.ok('faults' in secret && secret.faults[0]?.reason.includes('HOME is not set'));
  const found = at({ PARLEY_JWT_SECRET_FILE: '~' }, '/good');
  assert.ok('config' in found && found.config.jwtSecret === GOOD);
});

test('more shards than cores are allowed, and warned of with what they cost', () => {
  const warnings = (shards: string) => {
    const parsed = parse({ PARLEY_SHARDS: shards });
    assert.ok('config' in parsed && parsed.config.shards === Number(shards));
    return parsed.warnings;
  };
  assert.deepEqual([...warnings('0'), ...warnings('8')], []);
  const [warning, ...others] = warnings('64');
  assert.deepEqual([warning?.name, others], ['PARLEY_SHARDS', []]);
  assert.match(warning?.reason ?? '', /64 actor threads on 8 cores.* 768 MB/);
});

test('scheduled backups: none without a folder, else every 24 hours, seven of them', () => {
  assert.equal(configOf({ PARLEY_BACKUP_EVERY: '1h' }).backups, null);
  assert.equal(configOf({ PARLEY_BACKUP_DIR: '' }).backups, null);
  assert.deepEqual(configOf({ PARLEY_BACKUP_DIR: '/b' }).backups, {
    dir: '/b',
    everyMs: 86_400_000,
    keep: 7,
  });
  const chosen = { PARLEY_BACKUP_DIR: '/b', PARLEY_BACKUP_EVERY: '90m', PARLEY_BACKUP_KEEP: '30' };
  assert.deepEqual(configOf(chosen).backups, { dir: '/b', everyMs: 5_400_000, keep: 30 });
});

test('retention: messages are kept for ever unless a number of days is set', () => {
  assert.equal(configOf({}).retentionDays, 0);
  assert.equal(configOf({ PARLEY_RETENTION_DAYS: '365' }).retentionDays, 365);
});

test('an empty variable counts as unset', () => {
  assert.deepEqual(configOf(Object.fromEntries(VARIABLE_NAMES.map((name) => [name, '']))), configOf({}));
});

test('shards: cores - 2, at least 1; 0 when asked for', () => {
  const shards = (cores: number, env = {}) => {
    const parsed = parseConfig(env, { ...machine, cores });
    return 'config' in parsed ? parsed.config.shards : undefined;
  };
  assert.equal(shards(1), 1);
  assert.equal(shards(2), 1);
  assert.equal(shards(4), 2);
  assert.equal(shards(4, { PARLEY_SHARDS: '0' }), 0);
});

/** Each variable, a wrong value, and what its reason must say. */
const WRONG: readonly [name: string, value: string, reason: RegExp][] = [
  ...['24', '1.5h', '30s', '32d', '0h', '1w', 'h'].map((text): [string, string, RegExp] => [
    'PARLEY_BACKUP_EVERY',
    text,
    /a time such as 30m, 24h or 7d, from 1m to 31d/,
  ]),
  ['PARLEY_BACKUP_KEEP', '0', /whole number from 1/],
  ['PARLEY_ATTACHMENT_MAX_MB', '2049', /whole number from 0 to 2048/],
  ['PARLEY_RETENTION_DAYS', '30d', /whole number from 0 to 36500/],
  ['PARLEY_RETENTION_DAYS', '-1', /whole number from 0 to 36500/],
  ['PARLEY_BACKUP_DIR', '~ben/b', /another user's name/],
  ['PARLEY_HOST', 'http://x', /IP address or a host name/],
  ['PARLEY_PORT', '65536', /whole number from 0 to 65535/],
  ['PARLEY_PORT', '8080x', /whole number/],
  ['PARLEY_PORT', '-1', /whole number/],
  ...['PARLEY_JWT_SECRET', 'PARLEY_REFRESH_SECRET'].flatMap((name): [string, string, RegExp][] => [
    [name, 'a key of thirty-one bytes, alas', /at least 32 bytes/],
    // What the environment gives for 11 bytes of 0xff: 33 bytes.
    [name, '\ufffd'.repeat(11), /text in UTF-8/],
    [name, ' '.repeat(40), /blank/],
    [name, '\u200b'.repeat(40), /blank/],
    [name, 'ChangeMe-before-you-start-the-server', /placeholder/],
    [name, 'please change this: it is no secret at all', /placeholder/],
    [`${name}_FILE`, '/short', /at least 32 bytes/],
    [`${name}_FILE`, '/none', /can't be read \(ENOENT\)/],
    [`${name}_FILE`, '/bytes', /text in UTF-8/],
    [`${name}_FILE`, '/random', /text in UTF-8/],
    [`${name}_FILE`, '/utf-16', /text in UTF-8/],
    [`${name}_FILE`, '/utf-16-without-mark', /text in UTF-8/],
    [`${name}_FILE`, '/blank', /blank/],
  ]),
  ['PARLEY_DATABASE_URL', 'mysql://chat:hunter2hunter2@db/parley', /must begin with postgres:/],
  ['PARLEY_DATABASE_URL', '\ufffd'.repeat(11), /text in UTF-8/],
  ['PARLEY_DATABASE_URL_FILE', '/short', /must begin with postgres:/],
  ['PARLEY_DATABASE_URL_FILE', '/none', /can't be read \(ENOENT\)/],
  ['PARLEY_DATABASE_POOL', '0', /whole number from 1 to 100/],
  ['PARLEY_DATABASE_POOL', '101', /whole number from 1 to 100/],
  ['PARLEY_BROKER_URL', 'mqtt://chat:hunter2hunter2@broker', /must be none or postgres, or begin with/],
  ['PARLEY_BROKER_URL', 'nats://broker', /need PARLEY_DATABASE_URL/],
  ['PARLEY_BROKER_URL_FILE', '/short', /must be none or postgres/],
  ['PARLEY_BROKER_PREFIX', 'a.b', /letters a-z, digits, hyphens/],
  ['PARLEY_NODE_NAME', 'two words', /letters a-z, digits, dots/],
  ['PARLEY_DRAIN_S', '8.1', /number from 0 to 8/],
  ['PARLEY_SHARDS', '65', /whole number from 0 to 64/],
  ['PARLEY_ALLOWED_ORIGINS', 'https://a.example,b.example', /entry 2 must be an origin/],
  ['PARLEY_ALLOWED_ORIGINS', 'https://a.example/', /origin/],
  ['PARLEY_ALLOWED_ORIGINS', '*', /origin/],
  ['PARLEY_TRUST_PROXY', '10.0.0.0/33', /CIDR/],
  ['PARLEY_TRUST_PROXY', 'proxy.example', /CIDR/],
  ['PARLEY_REGISTRATION', 'maybe', /one of open, invite, closed/],
  ['PARLEY_LOG_LEVEL', 'loud', /one of trace/],
  ['PARLEY_LOGIN_WINDOW_S', '0', /from 1/],
  ['PARLEY_LOGIN_MAX_FAILURES', '0', /from 1/],
  ['PARLEY_ACCESS_TTL_S', '1h', /whole number/],
  ['PARLEY_REFRESH_TTL_S', '1.5', /whole number/],
  ['PARLEY_HEARTBEAT_S', '0', /number from 0.05/],
  ['PARLEY_SIGNUPS_PER_HOUR', 'many', /whole number/],
  ['PARLEY_SEND_RATE', '1e3', /number from 0/],
  ['PARLEY_SEND_BURST', '0.5', /whole number/],
  ['PARLEY_SOCKETS_PER_IP', ' 1', /whole number/],
  ['PARLEY_METRICS_PORT', 'off', /whole number/],
  ['PARLEY_PUSH_SUBJECT', 'operator@chat.example', /contact such as mailto:/],
  ['PARLEY_PUSH_ALLOW', 'push.test', /entry 1 must be a host and a port/],
  ['PARLEY_ACCEPT_BINARIES', 'f'.repeat(63), /SHA-256 sum of 64/],
  ['PARLEY_TEST_FAULTS', 'yes', /one of 0, 1/],
];

test('each wrong variable is named with its reason, and its value is not repeated', () => {
  for (const [name, value, reason] of WRONG) {
    const parsed = parse({ [name]: value });
    assert.ok('faults' in parsed, `${name}=${value}`);
    assert.equal(parsed.faults.length, 1, name);
    assert.equal(parsed.faults[0]?.name, name);
    assert.match(parsed.faults[0].reason, reason);
    if (value.length > 8) assert.ok(!parsed.faults[0].reason.includes(value));
  }
  const covered = new Set(WRONG.map(([name]) => name));
  assert.deepEqual(
    VARIABLE_NAMES.filter((name) => !covered.has(name)),
    ['PARLEY_DATA_DIR'],
  );
});

test('all faults are listed at once', () => {
  const parsed = parse({ PARLEY_PORT: 'x', PARLEY_SHARDS: 'y', PARLEY_JWT_SECRET: 'z' });
  assert.ok('faults' in parsed);
  assert.deepEqual(parsed.faults.map(({ name }) => name).sort(), [
    'PARLEY_JWT_SECRET',
    'PARLEY_PORT',
    'PARLEY_SHARDS',
  ]);
});

test('an unknown variable is told with the nearest known one, and no reason to refuse', () => {
  const unknown = (env: Record<string, string>) => {
    const parsed = parse(env);
    assert.ok('config' in parsed);
    return parsed.unknown;
  };
  const [near, ...others] = unknown({
    PARLEY_ALOWED_ORIGINS: 'x',
    PATH: '/bin',
    PARLEY_NEUTRALINO_BIN: '/x',
  });
  assert.equal(near?.name, 'PARLEY_ALOWED_ORIGINS');
  assert.match(near.reason, /did you mean PARLEY_ALLOWED_ORIGINS\?/);
  assert.deepEqual(others, []);
  assert.match(unknown({ PARLEY_SOMETHING_ELSE: 'x' })[0]?.reason ?? '', /the README lists them/);
});

test('a secret comes from a file without its line end, and from one place only', () => {
  for (const file of ['/good', '/good-crlf']) {
    assert.equal(configOf({ PARLEY_JWT_SECRET_FILE: file }).jwtSecret, GOOD);
    assert.equal(configOf({ PARLEY_REFRESH_SECRET_FILE: file }).refreshSecret, GOOD);
  }
  assert.equal(configOf({ PARLEY_JWT_SECRET_FILE: '/two-lines' }).jwtSecret, `${GOOD}\n`);
  assert.equal(configOf({ PARLEY_REFRESH_SECRET_FILE: '/letters' }).refreshSecret, FILES['/letters']);
  assert.equal(configOf({ PARLEY_REFRESH_SECRET: GOOD }).jwtSecret, null);
  for (const name of ['PARLEY_JWT_SECRET', 'PARLEY_REFRESH_SECRET']) {
    const both = parse({ [`${name}_FILE`]: '/good', [name]: GOOD });
    assert.ok('faults' in both);
    assert.deepEqual(both.faults, [
      { name: `${name}_FILE`, reason: `must not be set together with ${name}` },
    ]);
  }
});

test('no secret that was drawn at random is called a placeholder', () => {
  const draws: readonly [string, (bytes: Buffer) => string][] = [
    ['hex', (bytes) => bytes.toString('hex').slice(0, 32)],
    ['base64', (bytes) => bytes.toString('base64').slice(0, 32)],
    ['base64url', (bytes) => bytes.toString('base64url').slice(0, 32)],
    ['digits', (bytes) => [...bytes].map((byte) => String(byte % 10)).join('')],
  ];
  for (const [name, draw] of draws)
    for (let n = 0; n < 5_000; n += 1) {
      const bytes = createHash('sha256')
        .update(`${name} ${String(n)}`)
        .digest();
      const parsed = parse({ PARLEY_JWT_SECRET: draw(bytes) });
      assert.ok('config' in parsed, draw(bytes));
    }
});

test('lists are parsed, and what is logged holds no secret', () => {
  const config = configOf({
    PARLEY_ALLOWED_ORIGINS: 'https://A.example, http://localhost:5173',
    PARLEY_TRUST_PROXY: '10.0.0.0/8,::1',
    PARLEY_JWT_SECRET: GOOD,
    PARLEY_REFRESH_SECRET: `${GOOD}, another one`,
    PARLEY_METRICS_PORT: '0',
  });
  assert.deepEqual(config.allowedOrigins, ['https://a.example', 'http://localhost:5173']);
  assert.deepEqual(config.trustProxy, [
    { address: '10.0.0.0', prefix: 8, family: 'ipv4' },
    { address: '::1', prefix: 128, family: 'ipv6' },
  ]);
  assert.equal(config.metricsPort, 0);
  assert.ok(!JSON.stringify(loggable(config)).includes('operator'));
});
