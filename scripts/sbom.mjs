import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import Database from 'better-sqlite3';
import { prepare, root } from './prepare.mjs';
import { main, say } from './say.mjs';
import { listedIn, NOTICES_FILE } from './third-party-notices.mjs';

/** `npm run sbom [FILE]`: writes what Parley consists of as CycloneDX 1.6, by default to `dist/sbom.cdx.json`. It lists the packages
 *  of a production install, whatever else was bundled into the server and the clients, work of others that was copied into
 *  our sources, and SQLite. The same sources give the same file. */
const json = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));

const BUNDLES = { 'dist/bundle': 'server', 'dist/ui': 'web client', 'dist/desktop-ui': 'desktop client' };

const PACKAGE = /.*node_modules\//;
const nameAt = (path, { name }) => name ?? path.replace(PACKAGE, '');
const refOf = (name, version) => `pkg:npm/${name.replace('@', '%40')}@${version}`;
const sha512 = (integrity) => Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex');

/** An expression may join several licences; a single one goes by its id. */
const licences = (expression) => {
  if (expression === undefined) return {};
  return { licenses: [/\s/.test(expression) ? { expression } : { license: { id: expression } }] };
};

const componentOf = (path, entry, parts) => {
  const name = nameAt(path, entry);
  const [scope, own] = name.startsWith('@') ? name.split('/') : [undefined, name];
  return {
    type: 'library',
    'bom-ref': refOf(name, entry.version),
    ...(scope === undefined ? {} : { group: scope }),
    name: own,
    version: entry.version,
    scope: entry.optional === true ? 'optional' : 'required',
    hashes: [{ alg: 'SHA-512', content: sha512(entry.integrity) }],
    ...licences(entry.license),
    purl: refOf(name, entry.version),
    properties: parts.map((value) => ({ name: 'parley:part', value })),
  };
};

/** The lockfile's path of what `from` gets when it asks for `name`. */
const resolve = (packages, from, name) => {
  for (let at = from; ; at = dirname(at)) {
    const path = join(at, 'node_modules', name);
    if (path in packages) return path;
    if (at === '.' || at === '') return undefined;
  }
};

const copied = ({ name, license }, parts) => ({
  type: 'library',
  'bom-ref': `copied:${name}`,
  name,
  ...licences(license),
  description: 'Copied into our own sources, and changed there.',
  properties: parts.map((value) => ({ name: 'parley:part', value })),
});

const sqlite = () => {
  const db = new Database(':memory:');
  const version = db.prepare('SELECT sqlite_version()').pluck().get();
  db.close();
  return {
    type: 'library',
    'bom-ref': `compiled:sqlite@${version}`,
    name: 'sqlite',
    version,
    licenses: [{ license: { id: 'blessing' } }],
    cpe: `cpe:2.3:a:sqlite:sqlite:${version}:*:*:*:*:*:*:*`,
    description: 'Compiled into the addon of better-sqlite3.',
    properties: [{ name: 'parley:part', value: 'server' }],
  };
};

/** Which part holds what: lockfile path → parts, and what is no package. */
const contents = (packages) => {
  const parts = new Map();
  const others = new Map();
  const add = (map, key, part) => map.set(key, [...(map.get(key) ?? []), part]);
  for (const [path, { dev }] of Object.entries(packages)) {
    if (path !== '' && dev !== true) add(parts, path, 'production install');
  }
  for (const [folder, part] of Object.entries(BUNDLES)) {
    for (const work of listedIn(readFileSync(join(root, folder, NOTICES_FILE), 'utf8'))) {
      const path = Object.keys(packages).find(
        (each) =>
          each !== '' &&
          nameAt(each, packages[each]) === work.name &&
          packages[each].version === work.version,
      );
      if (path !== undefined) add(parts, path, part);
      else others.set(work.name, { work, parts: [...(others.get(work.name)?.parts ?? []), part] });
    }
  }
  return { parts, others };
};

const document = () => {
  const { version, license, description } = json('package.json');
  const { packages } = json('package-lock.json');
  const { parts, others } = contents(packages);
  const own = `pkg:generic/parley@${version}`;
  const made = [
    ...[...parts].map(([path, each]) => componentOf(path, packages[path], each)),
    ...[...others.values()].map(({ work, parts: each }) => copied(work, each)),
    sqlite(),
  ];
  // The same version may be installed at two places.
  const components = [...new Map(made.map((each) => [each['bom-ref'], each])).values()].sort((a, b) =>
    a['bom-ref'] < b['bom-ref'] ? -1 : 1,
  );
  const refAt = (path) => refOf(nameAt(path, packages[path]), packages[path].version);
  const dependsOn = (from) => {
    const { dependencies, devDependencies, optionalDependencies } = packages[from];
    const names = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
    const paths = names.map((name) => resolve(packages, from, name)).filter((path) => parts.has(path));
    return paths.map(refAt).sort();
  };
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': own,
        name: 'parley',
        version,
        description,
        ...licences(license),
      },
    },
    components,
    dependencies: [
      {
        ref: own,
        dependsOn: [
          ...dependsOn(''),
          ...[...others.keys()].map((name) => `copied:${name}`),
          sqlite()['bom-ref'],
        ],
      },
      ...[...new Map([...parts.keys()].map((path) => [refAt(path), path]))].map(([ref, path]) => ({
        ref,
        dependsOn: dependsOn(path),
      })),
    ],
  };
};

await main(async () => {
  const file = process.argv[2] ?? join(root, 'dist/sbom.cdx.json');
  await prepare('server', 'ui', 'desktop');
  const made = document();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(made, null, 2)}\n`);
  say(`${relative(process.cwd(), file)}: ${made.components.length} components`);
});
