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
const cluster = parse(read('compose.cluster.yaml'), { merge: true }) as Compose;

/** As Compose adds one file to another: maps by their keys, volumes by where they are seen, anything else is replaced. */
const added = (base: Service | undefined, more: Service | undefined): Service => {
  const targetOf = (volume: string): string => volume.split(':')[1] ?? '';
  const replaced = new Set(more?.volumes?.map(targetOf));
  return {
    ...base,
    ...more,
    environment: { ...base?.environment, ...more?.environment },
    depends_on: { ...base?.depends_on, ...more?.depends_on },
    volumes: [
      ...(base?.volumes ?? []).filter((volume) => !replaced.has(targetOf(volume))),
      ...(more?.volumes ?? []),
    ],
  } as Service;
};
const servicesOf = (files: readonly Compose[]): Readonly<Record<string, Service>> =>
  files.reduce<Record<string, Service>>(
    (all, file) => ({
      ...all,
      ...Object.fromEntries(
        Object.entries(file.services).map(([name, service]) => [name, added(all[name], service)]),
      ),
    }),
    {},
  );
const services = servicesOf([compose, postgres, cluster]);
const isHost = (name: string): boolean => name.startsWith('parley');

test('every service of the compose files starts again, and has a version and declared volumes', () => {
  const declared = { ...compose.volumes, ...postgres.volumes };
  for (const [name, service] of Object.entries(services)) {
    assert.equal(service.restart, 'unless-stopped', name);
    if (!isHost(name)) assert.match(service.image, IMAGE);
    for (const volume of service.volumes ?? []) {
      const [source = ''] = volume.split(':');
      assert.ok(
        source.startsWith('./') ? existsSync(join(repositoryRoot, source)) : source in declared,
        volume,
      );
    }
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      assert.equal(condition, 'service_healthy');
      // The image of a host has a check of its own.
      assert.ok(isHost(other) || services[other]?.healthcheck !== undefined, other);
    }
    if (name === 'database') continue;
    const { read_only, cap_drop, security_opt } = service;
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
  const used = [...read('deploy/Caddyfile').matchAll(/\{\$(\w+):/g)].map(([, name]) => name);
  assert.deepEqual(used.toSorted(), Object.keys(caddy.environment).toSorted());
});

/** Seconds that a host needs to stop, after its drain. */
const STOP_S = 9;
const LONGEST_DRAIN_S = 8;

/** What its secrets might hold. */
const SECRETS: Readonly<Record<string, string>> = {
  'database-url': 'postgres://parley:word@database:5432/parley',
  'jwt-secret': 'a key for tests only: tokens-0001',
  'refresh-secret': 'a key for tests only: renewals-01',
};

/** What the server sees in the end. */
const configOf = ({ environment }: Service) => {
  const env = Object.entries({ ...image.env, ...environment }).map(([name, value]): [string, string] => {
    const file = /^\/run\/secrets\/(.+)$/.exec(value)?.[1];
    return file === undefined ? [name, value] : [name.replace(/_FILE$/, ''), SECRETS[file] ?? ''];
  });
  const parsed = parseConfig(Object.fromEntries(env));
  assert.ok('config' in parsed, JSON.stringify(parsed));
  assert.deepEqual([parsed.unknown, parsed.warnings], [[], []]);
  return parsed.config;
};

test('several hosts differ in their names alone, and Caddy and the database know all of them', () => {
  const hosts = Object.entries(services).filter(([name]) => isHost(name));
  assert.equal(hosts.length, 3);
  const configs = hosts.map(([, service]) => configOf(service));
  assert.deepEqual(
    configs.map(({ nodeName }) => nodeName),
    ['host-1', 'host-2', 'host-3'],
  );
  const [first] = configs;
  for (const config of configs) assert.deepEqual({ ...config, nodeName: '' }, { ...first, nodeName: '' });
  assert.ok((first?.drainMs ?? 0) > 0);
  for (const [name, { secrets = [], ports }] of hosts) {
    assert.equal(ports, undefined, name);
    assert.deepEqual([...secrets].sort(), Object.keys(SECRETS).sort(), name);
  }
  const caddy = services['caddy'];
  assert.equal(caddy?.environment['PARLEY_HOSTS'], hosts.map(([name]) => `${name}:8080`).join(' '));
  assert.deepEqual(
    Object.keys(caddy.depends_on ?? {}).sort(),
    hosts.map(([name]) => name),
  );
  assert.ok(caddy.volumes?.includes('./deploy/cluster/Caddyfile:/etc/caddy/Caddyfile:ro'));
  for (const [, variable = ''] of read('deploy/cluster/Caddyfile').matchAll(/\{\$(\w+):/g))
    assert.ok(variable in caddy.environment, variable);
  const broker = new URL(services['parley']?.environment['PARLEY_BROKER_URL'] ?? '');
  assert.ok(broker.hostname in services);
});

test('Compose waits for a host for as long as a stop may take', () => {
  for (const [name, { stop_grace_period: grace = '' }] of Object.entries(services))
    if (isHost(name)) assert.ok(Number.parseInt(grace, 10) > STOP_S + LONGEST_DRAIN_S, name);
});

test('with PostgreSQL, Parley has the database’s address and both keys from files, and makes no backups of SQLite', () => {
  const { secrets = [] } = serviceOf(postgres, 'parley');
  assert.deepEqual([...secrets].sort(), Object.keys(SECRETS).sort());
  const { parley } = servicesOf([compose, postgres]);
  assert.ok(parley !== undefined);
  const config = configOf(parley);
  assert.equal(config.backups, null);
  assert.notEqual(config.database, null);
});
