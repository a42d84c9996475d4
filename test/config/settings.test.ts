import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../server/config/config.ts';
import { settingsInForce } from '../../server/config/settings.ts';
import { VARIABLE_NAMES } from '../../server/config/variables.ts';

const SECRETS = [
  'a-secret-of-tokens-of-32-bytes-or-more',
  'a-secret-of-renewals-32-bytes-or-more',
  'hunter2',
];
const machine = { cores: 4, readFile: () => new Uint8Array() };

const settingsOf = (env: Readonly<Record<string, string>>): ReadonlyMap<string, string> => {
  const parsed = parseConfig(env, machine);
  assert.ok('config' in parsed, JSON.stringify(parsed));
  return new Map(settingsInForce(parsed.config).map(({ name, value }) => [name, value]));
};

test('every variable is shown, and no secret or password', () => {
  const [jwt = '', refresh = '', password = ''] = SECRETS;
  const settings = settingsOf({
    PARLEY_JWT_SECRET: jwt,
    PARLEY_REFRESH_SECRET: refresh,
    PARLEY_DATABASE_URL: `postgres://parley:${password}@db.example.org/parley`,
    PARLEY_BROKER_URL: `nats://parley:${password}@nats.example.org`,
    PARLEY_TRUST_PROXY: '10.0.0.0/8,127.0.0.1',
  });
  const shown = VARIABLE_NAMES.filter((name) => !name.endsWith('_FILE') && name !== 'PARLEY_TEST_FAULTS');
  assert.deepEqual([...settings.keys()], shown);
  for (const secret of SECRETS) assert.ok(![...settings.values()].some((value) => value.includes(secret)));
  assert.equal(settings.get('PARLEY_JWT_SECRET'), 'given');
  assert.match(settings.get('PARLEY_DATABASE_URL') ?? '', /db\.example\.org/);
  assert.match(settings.get('PARLEY_BROKER_URL') ?? '', /nats\.example\.org/);
  assert.equal(settings.get('PARLEY_TRUST_PROXY'), '10.0.0.0/8, 127.0.0.1/32');
});

test('what is not set stands there as it is in force', () => {
  const settings = settingsOf({ PARLEY_BACKUP_DIR: '/backups' });
  const some = ['PARLEY_JWT_SECRET', 'PARLEY_SHARDS', 'PARLEY_BACKUP_EVERY', 'PARLEY_DATABASE_URL'];
  assert.deepEqual(
    some.map((name) => settings.get(name)),
    ['generated', '2', '86400s', ''],
  );
});
