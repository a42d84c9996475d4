import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { ExpectedError } from '../command.mjs';
import { root } from '../root.mjs';
import { NOTICES_FILE } from '../third-party-notices.ts';
import { copyTo } from './copy-to.ts';
import { debianUnit, HOME } from './debian-unit.ts';
import type { Platform } from './platform.ts';
import { binariesOf, type Tree } from './tree.ts';

const NAME = 'parley-server';
const SETTINGS = 'etc/parley/parley.env';
const DOC = `usr/share/doc/${NAME}`;
const SCRIPTS = ['postinst', 'prerm', 'postrm'];

interface DebianOptions {
  readonly platform: Platform;
  readonly maintainer: string;
  /** Of dpkg-deb: `xz`, or `gzip` to be faster. */
  readonly compression: string;
  /** Seconds since the epoch, of every file. */
  readonly time: string;
}

/** The libraries that the programs in a tree need, as Debian's packages and their oldest versions. */
const librariesOf = ({ folder }: Tree): string => {
  const scratch = mkdtempSync(join(tmpdir(), 'parley-deb-'));
  try {
    mkdirSync(join(scratch, 'debian'));
    writeFileSync(
      join(scratch, 'debian/control'),
      `Source: ${NAME}\n\nPackage: ${NAME}\nArchitecture: any\n`,
    );
    const files = binariesOf(folder).map((file) => `-e${join(folder, file)}`);
    const found = execFileSync('dpkg-shlibdeps', ['-O', ...files], {
      cwd: scratch,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return found.replace('shlibs:Depends=', '').trim();
  } finally {
    rmSync(scratch, { recursive: true });
  }
};

const control = (
  { version }: Tree,
  { platform, maintainer }: DebianOptions,
  bytes: number,
  libraries: string,
): string => `Package: ${NAME}
Version: ${version}
Architecture: ${platform.debian}
Maintainer: ${maintainer}
Installed-Size: ${String(Math.ceil(bytes / 1024))}
Depends: adduser, ${libraries}
Suggests: caddy | nginx | haproxy, postgresql
Conflicts: parley
Section: net
Priority: optional
Description: self-hosted chat for two people at a time
 The server of Parley, with its web client and the Node that it runs on. It
 stores every acknowledged message exactly once, in SQLite or PostgreSQL.
 .
 Put a proxy in front of it that does TLS; examples for Caddy, nginx and
 HAProxy are included.
`;

const changelog = (version: string, maintainer: string, time: string): string => {
  const date = new Date(Number(time) * 1000).toUTCString().replace('GMT', '+0000');
  return `${NAME} (${version}) stable; urgency=medium\n\n  * CHANGELOG.md in this folder says what is new.\n\n -- ${maintainer}  ${date}\n`;
};

const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith('DEBIAN/'))
    .sort();

/** Puts a text into the package; what ends in `.gz` is compressed. */
const put = (target: string, path: string, text: string | Buffer, mode = 0o644): void => {
  const file = join(target, path);
  mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
  writeFileSync(file, path.endsWith('.gz') ? gzipSync(text, { level: 9 }) : text, { mode });
};

const ours = (name: string): Buffer => readFileSync(join(root, 'deploy/debian', name));

/** Lays the files of a tree out as a Debian system has them. What the tree has in `lib` is moved. */
const layOut = (target: string, tree: Tree, { maintainer, time }: DebianOptions): void => {
  mkdirSync(join(target, dirname(HOME)), { recursive: true, mode: 0o755 });
  renameSync(join(tree.folder, 'lib'), join(target, HOME));
  put(target, 'usr/bin/parley', ours('parley'), 0o755);
  put(
    target,
    'usr/lib/systemd/system/parley.service',
    debianUnit(readFileSync(join(root, 'deploy/parley.service'), 'utf8')),
  );
  put(target, SETTINGS, ours('parley.env'), 0o640);
  put(target, 'usr/share/man/man1/parley.1.gz', ours('parley.1'));
  put(target, `usr/share/lintian/overrides/${NAME}`, ours('lintian-overrides'));
  put(target, `${DOC}/copyright`, ours('copyright'));
  put(target, `${DOC}/changelog.gz`, changelog(tree.version, maintainer, time));
  put(target, `${DOC}/${NOTICES_FILE}.gz`, readFileSync(join(tree.folder, NOTICES_FILE)));
  put(target, `${DOC}/sbom.cdx.json.gz`, readFileSync(join(tree.folder, 'sbom.cdx.json')));
  for (const name of ['README.md', 'CHANGELOG.md', 'SECURITY.md'])
    copyTo(join(root, name), join(target, DOC, name));
  for (const file of filesOf(join(tree.folder, 'docs'))) {
    copyTo(join(tree.folder, 'docs', file), join(target, DOC, file));
  }
  for (const file of filesOf(join(tree.folder, 'deploy'))) {
    if (file === 'parley.service') continue;
    copyTo(join(tree.folder, 'deploy', file), join(target, DOC, 'examples', file));
  }
};

/** What dpkg itself reads: fields, sums, settings that an operator may change, scripts. */
const addControl = (target: string, tree: Tree, options: DebianOptions, libraries: string): void => {
  const files = filesOf(target);
  const bytes = files.reduce((sum, file) => sum + statSync(join(target, file)).size, 0);
  put(target, 'DEBIAN/control', control(tree, options, bytes, libraries));
  put(target, 'DEBIAN/conffiles', `/${SETTINGS}\n`);
  const sums = files
    .filter((file) => file !== SETTINGS)
    .map(
      (file) =>
        `${createHash('md5')
          .update(readFileSync(join(target, file)))
          .digest('hex')}  ${file}\n`,
    );
  put(target, 'DEBIAN/md5sums', sums.join(''));
  for (const name of SCRIPTS) put(target, `DEBIAN/${name}`, ours(name), 0o755);
};

/** Makes the `.deb` of a tree, which it uses up, beside it. Returns its path.
 *  @throws ExpectedError without the programs that it needs */
export const makeDebianPackage = (tree: Tree, options: DebianOptions): string => {
  for (const program of ['dpkg-deb', 'dpkg-shlibdeps']) {
    if (!['/usr/bin', '/usr/local/bin'].some((folder) => existsSync(join(folder, program)))) {
      throw new ExpectedError(
        `A Debian package needs ${program}: install it (Debian, Ubuntu: apt-get install dpkg-dev).`,
      );
    }
  }
  const out = dirname(tree.folder);
  const target = join(out, `.${basename(tree.folder)}.deb`);
  rmSync(target, { recursive: true, force: true });
  const libraries = librariesOf(tree);
  layOut(target, tree, options);
  addControl(target, tree, options, libraries);
  const file = join(out, `${NAME}_${tree.version}_${options.platform.debian}.deb`);
  execFileSync('dpkg-deb', ['--root-owner-group', `-Z${options.compression}`, '--build', target, file], {
    env: { ...process.env, SOURCE_DATE_EPOCH: options.time },
    stdio: 'ignore',
  });
  rmSync(target, { recursive: true });
  rmSync(tree.folder, { recursive: true });
  return file;
};
