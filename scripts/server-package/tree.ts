import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { compareGlibc, glibcOf } from '../elf.ts';
import { readJson } from '../json.ts';
import { root } from '../root.mjs';
import { mergeNotices, noticeOf, noticesOfPackages, NOTICES_FILE } from '../third-party-notices.ts';
import { copyTo } from './copy-to.ts';
import { runningNode } from './node-binary.ts';
import { copyPackages, packagesOfServer } from './packages.ts';

/** The programs in a package: the operator's commands, and the server. */
const PROGRAMS = ['parley', 'parley-server'];

const DOCUMENTS = ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'LICENSE'];
/** The documents that an operator reads, and the files that they name. */
const FOLDERS: Readonly<Record<string, RegExp>> = {
  docs: /^[\w-]+\.(?:md|mjs)$/,
  deploy: /^(?:Caddyfile|nginx\.conf|haproxy\.cfg|parley\.service|(?:cluster|monitoring)\/.+)$/,
};

export interface Tree {
  readonly folder: string;
  readonly version: string;
  /** The oldest glibc that its programs run on. */
  readonly glibc: string;
}

/** Makes the folder that every package of the server is made of: programs, Node, server, web client, packages, documents. */
export const makeTree = (folder: string, nodeLicence: string | undefined): Tree => {
  const node = runningNode(nodeLicence);
  const { version } = readJson<{ readonly version: string }>(join(root, 'package.json'));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'lib'), { recursive: true, mode: 0o755 });
  for (const name of PROGRAMS) copyTo(join(root, 'deploy/server', name), join(folder, name), 0o755);
  copyTo(node.file, join(folder, 'lib/node'), 0o755);
  copyFolder('dist/bundle', join(folder, 'lib/bundle'), /\.js$/);
  copyFolder('dist/ui', join(folder, 'lib/ui'), /./);
  writeFileSync(
    join(folder, 'lib/package.json'),
    `${JSON.stringify({ name: 'parley', version, private: true, type: 'module' }, null, 2)}\n`,
  );
  const packages = packagesOfServer();
  copyPackages(packages, join(folder, 'lib'));
  for (const name of DOCUMENTS) copyTo(join(root, name), join(folder, name));
  for (const [name, wanted] of Object.entries(FOLDERS)) copyFolder(name, join(folder, name), wanted);
  writeFileSync(join(folder, NOTICES_FILE), noticesOf(packages, node.licence));
  const sbom = fileURLToPath(new URL('../sbom.js', import.meta.url));
  execFileSync(process.execPath, [sbom, join(folder, 'sbom.cdx.json')], { cwd: root, stdio: 'pipe' });
  return { folder, version, glibc: glibcOfTree(folder) };
};

const copyFolder = (from: string, to: string, wanted: RegExp): void => {
  for (const entry of readdirSync(join(root, from), { recursive: true, withFileTypes: true })) {
    const source = join(entry.parentPath, entry.name);
    const file = relative(join(root, from), source);
    if (entry.isFile() && wanted.test(file)) copyTo(source, join(to, file));
  }
};

/** One file for all that is in the package: what was bundled, what lies in node_modules, and Node. */
const noticesOf = (packages: readonly string[], nodeLicence: string): string => {
  const bundled = ['dist/bundle', 'dist/ui'].map((each) =>
    readFileSync(join(root, each, NOTICES_FILE), 'utf8'),
  );
  const node = { name: 'node', version: process.versions.node, license: 'MIT and those below' };
  return mergeNotices([
    ...bundled,
    noticesOfPackages(packages.map((path) => join(root, path))),
    noticeOf(node, readFileSync(nodeLicence, 'utf8')),
  ]);
};

/** The files of compiled code in a tree, as paths in it. */
export const binariesOf = (folder: string): readonly string[] => [
  'lib/node',
  ...readdirSync(join(folder, 'lib/node_modules'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.node') && existsSync(join(folder, 'lib/node_modules', file)))
    .map((file) => `lib/node_modules/${file}`)
    .sort(),
];

const glibcOfTree = (folder: string): string =>
  binariesOf(folder)
    .map((file) => glibcOf(readFileSync(join(folder, file))))
    .filter((version) => version !== undefined)
    .sort(compareGlibc)
    .at(-1)
    ?.join('.') ?? '';
