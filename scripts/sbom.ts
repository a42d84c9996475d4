import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import Database from 'better-sqlite3';
import { main } from './command.mjs';
import { readJson } from './json.ts';
import { log } from './log.mjs';
import { root } from './root.mjs';
import { listedIn, NOTICES_FILE, type Work } from './third-party-notices.ts';

const BUNDLES = { 'dist/bundle': 'server', 'dist/ui': 'web client', 'dist/desktop-ui': 'desktop client' };

/** An installed package in the lockfile. */
interface LockedPackage {
  readonly version: string;
  readonly integrity: string;
  readonly license?: string;
  /** Where it is not what the path says. */
  readonly name?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
/** By path: `node_modules/lit`; the empty path is ourselves. */
type LockedPackages = Readonly<Record<string, LockedPackage>>;

interface Component {
  readonly 'bom-ref': string;
  readonly [field: string]: unknown;
}

const nameAt = (path: string, { name }: LockedPackage): string =>
  name ?? path.replace(/.*node_modules\//, '');
const refOf = (name: string, version: string): string => `pkg:npm/${name.replace('@', '%40')}@${version}`;
const sha512 = (integrity: string): string =>
  Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex');

/** An expression may join several licences; a single one goes by its id. */
const licences = (expression: string | undefined) => {
  if (expression === undefined) return {};
  return { licenses: [/\s/.test(expression) ? { expression } : { license: { id: expression } }] };
};

const usedBy = (parts: readonly string[]) => parts.map((value) => ({ name: 'parley:part', value }));

const packageComponent = (path: string, entry: LockedPackage, parts: readonly string[]): Component => {
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
    properties: usedBy(parts),
  };
};

const copiedComponent = ({ name, license }: Work, parts: readonly string[]): Component => ({
  type: 'library',
  'bom-ref': `copied:${name}`,
  name,
  ...licences(license),
  description: 'Copied into our own sources, and changed there.',
  properties: usedBy(parts),
});

const sqliteComponent = (): Component => {
  const db = new Database(':memory:');
  const version = String(db.prepare('SELECT sqlite_version()').pluck().get());
  db.close();
  return {
    type: 'library',
    'bom-ref': `compiled:sqlite@${version}`,
    name: 'sqlite',
    version,
    licenses: [{ license: { id: 'blessing' } }],
    cpe: `cpe:2.3:a:sqlite:sqlite:${version}:*:*:*:*:*:*:*`,
    description: 'Compiled into the addon of better-sqlite3.',
    properties: usedBy(['server']),
  };
};

/** The lockfile's path of what `from` gets when it asks for `name`. */
const resolve = (packages: LockedPackages, from: string, name: string): string | undefined => {
  for (let at = from; ; at = dirname(at)) {
    const path = join(at, 'node_modules', name);
    if (path in packages) return path;
    if (at === '.' || at === '') return undefined;
  }
};

interface Contents {
  /** Path in the lockfile → the parts that hold the package. */
  readonly installed: ReadonlyMap<string, readonly string[]>;
  /** Work that is no package, by its name. */
  readonly copied: ReadonlyMap<string, { readonly work: Work; readonly parts: readonly string[] }>;
}

const contentsOf = (packages: LockedPackages): Contents => {
  const installed = new Map<string, readonly string[]>();
  const copied = new Map<string, { readonly work: Work; readonly parts: readonly string[] }>();
  const add = (path: string, part: string): void => {
    installed.set(path, [...(installed.get(path) ?? []), part]);
  };
  for (const [path, { dev }] of Object.entries(packages)) {
    if (path !== '' && dev !== true) add(path, 'production install');
  }
  for (const [folder, part] of Object.entries(BUNDLES)) {
    for (const work of listedIn(readFileSync(join(root, folder, NOTICES_FILE), 'utf8'))) {
      const found = Object.entries(packages).find(
        ([path, entry]) => path !== '' && nameAt(path, entry) === work.name && entry.version === work.version,
      );
      if (found !== undefined) add(found[0], part);
      else copied.set(work.name, { work, parts: [...(copied.get(work.name)?.parts ?? []), part] });
    }
  }
  return { installed, copied };
};

/** Each component once: the same version may be installed at two places. */
const componentsOf = (packages: LockedPackages, { installed, copied }: Contents, sqlite: Component) => {
  const all = [
    ...Object.entries(packages).flatMap(([path, entry]) => {
      const parts = installed.get(path);
      return parts === undefined ? [] : [packageComponent(path, entry, parts)];
    }),
    ...[...copied.values()].map(({ work, parts }) => copiedComponent(work, parts)),
    sqlite,
  ];
  return [...new Map(all.map((each) => [each['bom-ref'], each])).values()].sort((a, b) =>
    a['bom-ref'] < b['bom-ref'] ? -1 : 1,
  );
};

/** What the package at a path of the lockfile, or we ourselves, depend on: only what is shipped. */
const dependenciesOf = (packages: LockedPackages, { installed }: Contents, from: string): string[] => {
  const { dependencies, devDependencies, optionalDependencies } = packages[from] ?? {};
  const names = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
  const refs = names.flatMap((name) => {
    const path = resolve(packages, from, name);
    const entry = path === undefined ? undefined : packages[path];
    if (path === undefined || entry === undefined || !installed.has(path)) return [];
    return [refOf(nameAt(path, entry), entry.version)];
  });
  return refs.sort();
};

const makeDocument = () => {
  const { version, license, description } = readJson<Record<string, string>>(join(root, 'package.json'));
  const { packages } = readJson<{ packages: LockedPackages }>(join(root, 'package-lock.json'));
  const contents = contentsOf(packages);
  const own = `pkg:generic/parley@${version ?? ''}`;
  const sqlite = sqliteComponent();
  const pathsByRef = new Map(
    [...contents.installed.keys()].flatMap((path) => {
      const entry = packages[path];
      return entry === undefined ? [] : [[refOf(nameAt(path, entry), entry.version), path]];
    }),
  );
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
    components: componentsOf(packages, contents, sqlite),
    dependencies: [
      {
        ref: own,
        dependsOn: [
          ...dependenciesOf(packages, contents, ''),
          ...[...contents.copied.keys()].map((name) => `copied:${name}`),
          sqlite['bom-ref'],
        ],
      },
      ...[...pathsByRef].map(([ref, path]) => ({
        ref,
        dependsOn: dependenciesOf(packages, contents, path),
      })),
    ],
  };
};

/** `npm run sbom [FILE]`: writes what Parley consists of as CycloneDX 1.6, by default to `dist/sbom.cdx.json`. It lists the packages
 *  of a production install, whatever else was bundled into the server and the clients, work of others that was copied into
 *  our sources, and SQLite. The same sources give the same file. */
await main(() => {
  const file = process.argv[2] ?? join(root, 'dist/sbom.cdx.json');
  const document = makeDocument();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
  log(`${relative(process.cwd(), file)}: ${String(document.components.length)} components`);
});
