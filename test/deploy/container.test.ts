import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { BARE, copyingOf, settingsAfter, stagesOf } from '../../scripts/container/dockerfile.ts';
import { parseConfig } from '../../server/config/config.ts';
import { repositoryRoot } from '../support/paths.ts';

const read = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8');
const stages = stagesOf(read('Dockerfile'));
const last = stages.at(-1);
const image = (last?.instructions ?? []).reduce(settingsAfter, BARE);
/** A name and a version, and no registry. */
const IMAGE = /^[a-z0-9-]+:\d*[\w.-]+$/;

test('the Dockerfile keeps the usual rules', () => {
  assert.equal(stages.length, 2);
  const names: string[] = [];
  for (const { base, name, instructions } of stages) {
    assert.match(base, IMAGE);
    assert.doesNotMatch(base, /latest/);
    for (const { name: instruction, text } of instructions) {
      assert.notEqual(instruction, 'ADD', 'COPY says what it does');
      if (instruction === 'WORKDIR') assert.match(text, /^\//);
      if (instruction === 'RUN' && text.includes('apt-get install')) {
        assert.match(
          text,
          /apt-get update .*apt-get install -y --no-install-recommends .*rm -rf \/var\/lib\/apt\/lists\/\*$/,
        );
      }
      if (instruction === 'RUN') assert.doesNotMatch(text, /\b(?:sudo|curl|wget)\b|\bcd /);
      if (instruction !== 'COPY') continue;
      const { from, sources } = copyingOf(text);
      if (from !== undefined) assert.ok(names.includes(from), from);
      else
        for (const source of sources.filter((each) => !each.includes('*'))) {
          assert.ok(existsSync(join(repositoryRoot, source)), source);
        }
    }
    if (name !== undefined) names.push(name);
  }
});

test('the image runs without root, with variables that the server takes', () => {
  assert.match(image.user, /^[1-9]\d*:[1-9]\d*$/);
  assert.deepEqual(image.entrypoint, ['/opt/parley/parley-server']);
  const parsed = parseConfig(image.env);
  assert.ok('config' in parsed, JSON.stringify(parsed));
  assert.deepEqual([parsed.unknown, parsed.warnings], [[], []]);
  assert.ok(image.volumes.includes(parsed.config.dataDir));
});

test('the health check asks the server, with nothing but Node', async (t) => {
  const [program, ...args] = image.healthcheck;
  assert.equal(program, '/opt/parley/lib/node');
  let status = 200;
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const env = { PARLEY_PORT: String((server.address() as AddressInfo).port) };
  const ask = (): Promise<unknown> => promisify(execFile)(execPath, args, { env });
  await ask();
  status = 503;
  await assert.rejects(ask(), { code: 1 });
  assert.deepEqual(asked, ['/healthz', '/healthz']);
});

test('what a build makes, keeps or must not see is not sent to it', () => {
  const ignored = read('.dockerignore').split('\n');
  for (const name of ['.git', 'secrets', 'node_modules', 'dist', 'data'])
    assert.ok(ignored.includes(name), name);
});

interface Service {
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly stop_grace_period?: string;
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { condition: string }>>;
  readonly healthcheck?: object;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
  readonly secrets?: Readonly<Record<string, { file: string }>>;
  readonly networks?: {
    readonly default: { readonly ipam: { readonly config: readonly { subnet: string }[] } };
  };
}
const serviceOf = ({ services }: Compose, name: string): Service => {
  const service = services[name];
  assert.ok(service !== undefined, name);
  return service;
};
const compose = parse(read('compose.yaml')) as Compose;
const postgres = parse(read('compose.postgres.yaml')) as Compose;
const services = { ...compose.services, database: postgres.services['database'] };

test('every service of the compose files starts again, and has a version and declared volumes', () => {
  const declared = { ...compose.volumes, ...postgres.volumes };
  for (const [name, service] of Object.entries(services)) {
    assert.equal(service?.restart, 'unless-stopped', name);
    if (name !== 'parley') assert.match(service.image, IMAGE);
    for (const volume of service.volumes ?? []) {
      const [source = ''] = volume.split(':');
      assert.ok(
        source.startsWith('./') ? existsSync(join(repositoryRoot, source)) : source in declared,
        volume,
      );
    }
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      assert.equal(condition, 'service_healthy');
      assert.ok(
        other === 'parley' || services[other as keyof typeof services]?.healthcheck !== undefined,
        other,
      );
    }
  }
  for (const name of ['parley', 'caddy'] as const) {
    const { read_only, cap_drop, security_opt } = serviceOf(compose, name);
    assert.deepEqual([read_only, cap_drop, security_opt], [true, ['ALL'], ['no-new-privileges:true']], name);
  }
  for (const secret of postgres.services['database']?.secrets ?? [])
    assert.ok(secret in (postgres.secrets ?? {}), secret);
});

test('Parley believes Caddy, is reached through it alone, and takes its variables', () => {
  const { parley, caddy } = compose.services as { readonly parley: Service; readonly caddy: Service };
  const parsed = parseConfig({ ...image.env, ...parley.environment });
  assert.ok('config' in parsed, JSON.stringify(parsed));
  assert.deepEqual([parsed.unknown, parsed.warnings], [[], []]);
  assert.equal(parsed.config.registration, 'invite');
  assert.equal(parley.environment['PARLEY_TRUST_PROXY'], compose.networks?.default.ipam.config[0]?.subnet);
  assert.equal(parley.ports, undefined);
  assert.ok(parley.volumes?.every((volume) => image.volumes.includes(volume.split(':')[1] ?? '')));
  assert.ok(Number.parseInt(parley.stop_grace_period ?? '', 10) > 9);
  const used = [...read('deploy/Caddyfile').matchAll(/\{\$(\w+):/g)].map(([, name]) => name);
  assert.deepEqual(used.toSorted(), Object.keys(caddy.environment).toSorted());
});

test('with PostgreSQL, Parley has the database’s address and both keys from files, and makes no backups of SQLite', () => {
  const { environment, secrets = [] } = serviceOf(postgres, 'parley');
  const given: Readonly<Record<string, string>> = {
    'database-url': 'postgres://parley:word@database:5432/parley',
    'jwt-secret': 'a key for tests only: tokens-0001',
    'refresh-secret': 'a key for tests only: renewals-01',
  };
  assert.deepEqual([...secrets].sort(), Object.keys(given).sort());
  const env = Object.entries({
    ...image.env,
    ...compose.services['parley']?.environment,
    ...environment,
  }).map(([name, value]): [string, string] => {
    const file = /^\/run\/secrets\/(.+)$/.exec(value)?.[1];
    return file === undefined ? [name, value] : [name.replace(/_FILE$/, ''), given[file] ?? ''];
  });
  const parsed = parseConfig(Object.fromEntries(env));
  assert.ok('config' in parsed, JSON.stringify(parsed));
  assert.equal(parsed.config.backups, null);
  assert.notEqual(parsed.config.database, null);
});
