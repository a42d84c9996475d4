import assert from 'node:assert/strict';
import { test } from 'node:test';
import { databaseName, parseDatabaseUrl } from '../../../server/storage/postgres/connection-options.ts';

const optionsOf = (url: string): unknown => {
  const parsed = parseDatabaseUrl(url);
  assert.ok('options' in parsed, JSON.stringify(parsed));
  return parsed.options;
};
const plain = {
  hosts: [{ host: 'db', port: 5432 }],
  user: 'chat',
  password: null,
  database: 'parley',
  tls: 'prefer',
  rootCertificates: null,
  applicationName: 'parley',
};

test('a URL names hosts, user, password, database and encryption', () => {
  assert.deepEqual(optionsOf('postgres://chat@db/parley'), plain);
  assert.deepEqual(optionsOf('postgresql://chat@db/parley'), plain);
  assert.deepEqual(
    optionsOf(
      'postgres://ch%40t:p%2F%40%25%C3%BC:x@h1:5433,[2001:db8::1]:1,10.0.0.1/a%20b?sslmode=verify-full&sslrootcert=%2Fca%2Fpem&application_name=one',
    ),
    {
      hosts: [
        { host: 'h1', port: 5433 },
        { host: '2001:db8::1', port: 1 },
        { host: '10.0.0.1', port: 5432 },
      ],
      user: 'ch@t',
      password: 'p/@%ü:x',
      database: 'a b',
      tls: 'verify-full',
      rootCertificates: '/ca/pem',
      applicationName: 'one',
    },
  );
});

test('a URL may name the directory of a socket', () => {
  const hosts = [{ host: '/run/postgresql', port: 5433 }];
  assert.deepEqual(optionsOf('postgres://chat@/parley?host=/run/postgresql&port=5433'), { ...plain, hosts });
});

test('require with certificates checks them, as libpq does', () => {
  const url = 'postgres://chat@db/parley?sslmode=require&sslrootcert=/ca.pem';
  assert.deepEqual(optionsOf(url), { ...plain, tls: 'verify-ca', rootCertificates: '/ca.pem' });
  assert.deepEqual(optionsOf('postgres://chat@db/parley?sslmode=require&sslrootcert=system'), {
    ...plain,
    tls: 'verify-ca',
  });
});

test('the name for the log holds hosts and database only', () => {
  const parsed = parseDatabaseUrl('postgres://chat:secret@db,[::1]:6000/parley');
  assert.ok('options' in parsed);
  assert.equal(databaseName(parsed.options), 'db:5432,[::1]:6000/parley');
});

const WRONG: readonly (readonly [string, RegExp])[] = [
  ['mysql://chat:S3cret@db/parley', /must begin with postgres:/],
  ['db/parley', /must begin with postgres:/],
  ['postgres://db/parley', /must name a user/],
  ['postgres://:S3cret@db/parley', /must name a user/],
  ['postgres://chat:S3cret@db', /must name a database/],
  ['postgres://chat:S3cret@db/', /must name a database/],
  ['postgres://chat:S3cret@db/one/two', /second \//],
  ['postgres://chat:S3cret@/parley', /must name a host/],
  ['postgres://chat:S3cret@db,/parley', /neither a name nor an address/],
  ['postgres://chat:S3cret/x@db/parley', /before the @/],
  ['postgres://chat:S3cret?x@db/parley', /must name|parameter|neither a name/],
  ['postgres://chat:S3cret@d b/parley', /white space/],
  ['postgres://chat:S3cret#@db/parley', /white space|#/],
  ['postgres://chat:S3cret@::1/parley', /neither a name nor an address/],
  ['postgres://chat:S3cret@[::1/parley', /neither a name nor an address/],
  ['postgres://chat:S3cret@[db]/parley', /neither a name nor an address/],
  ['postgres://chat:S3cret@db:0/parley', /port/],
  ['postgres://chat:S3cret@db:65536/parley', /port/],
  ['postgres://chat:S3cret@db:/parley', /port/],
  ['postgres://chat:S3cret%@db/parley', /password that is not percent-encoded/],
  ['postgres://chat:S3cret%FF@db/parley', /password that is not percent-encoded/],
  ['postgres://chat:S3cret%00@db/parley', /password that is not percent-encoded/],
  ['postgres://chat:S3cret@db/parley?sslmode=maybe', /sslmode/],
  ['postgres://chat:S3cret@db/parley?sslrootcert=ca.pem', /absolute path/],
  ['postgres://chat:S3cret@db/parley?ssl=true', /does not know/],
  ['postgres://chat:S3cret@db/parley?sslmode=disable&sslmode=require', /twice/],
  ['postgres://chat:S3cret@db/parley?sslmode', /without a value/],
  ['postgres://chat:S3cret@db/parley?host=/run', /must not name a host and/],
  ['postgres://chat:S3cret@/parley?host=db', /not a directory/],
  ['postgres://chat:S3cret@db/parley?port=1', /behind its host/],
];

test('a wrong URL is refused with a reason that does not repeat it', () => {
  for (const [url, reason] of WRONG) {
    const parsed = parseDatabaseUrl(url);
    assert.ok('reason' in parsed, url);
    assert.match(parsed.reason, reason, url);
    assert.doesNotMatch(parsed.reason, /S3cret/);
    assert.doesNotMatch(parsed.reason, /\.$|\n/);
  }
});
