import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { env } from 'node:process';
import { gzipSync } from 'node:zlib';
import { packageInputs } from './desktop/inputs.ts';
import { root } from './root.mjs';
import { main } from './command.mjs';
import { log } from './log.mjs';
import { NOTICES_FILE } from './third-party-notices.ts';

const NAME = 'parley-chat';
const LAUNCHER = ['parley', 'parley-window', 'tools/zenity', 'tools/kdialog'];
interface Architecture {
  /** How the name of its binary ends. */
  readonly suffix: string;
  /** Debian's name for it. */
  readonly architecture: string;
}
const ARCHITECTURES: readonly Architecture[] = [
  { suffix: 'x64', architecture: 'amd64' },
  { suffix: 'arm64', architecture: 'arm64' },
  { suffix: 'armhf', architecture: 'armhf' },
];
const DEPENDS = [
  'libc6',
  'libgtk-3-0 | libgtk-3-0t64',
  'libpng16-16 | libpng16-16t64',
  'libstdc++6',
  'libwebkit2gtk-4.1-0 | libwebkit2gtk-4.0-37',
  'libx11-6',
  'libxcb1',
  'libxrandr2',
  'libxtst6',
];

const control = (
  version: string,
  maintainer: string,
  architecture: string,
  bytes: number,
): string => `Package: ${NAME}
Version: ${version}
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${String(Math.ceil(bytes / 1024))}
Depends: ${DEPENDS.join(', ')}
Recommends: bash, bubblewrap, libnotify-bin | zenity | kdialog, util-linux, xdg-dbus-proxy, xdg-utils
Suggests: libayatana-appindicator3-1
Section: net
Priority: optional
Description: self-hosted chat for two people at a time
 The desktop window of Parley. It talks to the server whose address is
 entered on its first screen, and holds everything it needs to run.
`;

const copyright = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Parley
Comment: The licences of what the bundled client holds of others are in
 third-party-notices.txt beside this file; the program around it is Neutralino
 (MIT).

Files: *
Copyright: The Parley authors
License: Apache-2.0
 On Debian systems the text of this licence is in
 /usr/share/common-licenses/Apache-2.0.
`;

/** Debian's `parley` is a program for learning words, so this one is called `parley-chat`. */
const build = (
  from: string,
  out: string,
  version: string,
  maintainer: string,
  { suffix, architecture }: Architecture,
): string => {
  const tree = join(out, `.${NAME}_${architecture}`);
  rmSync(tree, { recursive: true, force: true });
  const put = (file: string | Buffer, to: string, mode = 0o644): void => {
    mkdirSync(dirname(join(tree, to)), { recursive: true, mode: 0o755 });
    if (typeof file === 'string') copyFileSync(file, join(tree, to));
    else writeFileSync(join(tree, to), file);
    chmodSync(join(tree, to), mode);
  };
  const lib = `usr/lib/${NAME}`;
  for (const file of LAUNCHER) put(join(from, file), `${lib}/${file}`, 0o755);
  put(join(from, `parley-linux_${suffix}`), `${lib}/parley-linux_${suffix}`, 0o755);
  put(join(from, 'resources.neu'), `${lib}/resources.neu`);
  put(join(from, 'parley.desktop'), 'usr/share/applications/chat.parley.desktop.desktop');
  for (const size of [48, 64, 128, 256, 512]) {
    put(
      join(root, `ui/icons/icon-${size}.png`),
      `usr/share/icons/hicolor/${String(size)}x${String(size)}/apps/chat.parley.desktop.png`,
    );
  }
  put(join(root, 'ui/icon.svg'), 'usr/share/icons/hicolor/scalable/apps/chat.parley.desktop.svg');
  put(Buffer.from(copyright), `usr/share/doc/${NAME}/copyright`);
  put(join(from, NOTICES_FILE), `usr/share/doc/${NAME}/${NOTICES_FILE}`);
  put(
    gzipSync(`${NAME} (${version}): see CHANGELOG.md\n`, { level: 9 }),
    `usr/share/doc/${NAME}/changelog.gz`,
  );
  mkdirSync(join(tree, 'usr/bin'));
  symlinkSync(`../lib/${NAME}/parley`, join(tree, 'usr/bin', NAME));
  const bytes = readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  put(Buffer.from(control(version, maintainer, architecture, bytes)), 'DEBIAN/control');
  const file = join(out, `${NAME}_${version}_${architecture}.deb`);
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', tree, file], { stdio: 'ignore' });
  rmSync(tree, { recursive: true });
  return file;
};

/** `npm run package:deb [-- --in dist/desktop/linux] [--out dist/packages]`: a `.deb` for each binary that is there. Needs
 *  `dpkg-deb`. `DEB_MAINTAINER` names who answers for the package. */
await main(() => {
  const maintainer = env['DEB_MAINTAINER'] ?? 'The Parley maintainers <maintainers@parley.invalid>';
  process.umask(0o022);
  const { from, out, version } = packageInputs('linux', [
    ...LAUNCHER,
    'parley-linux_x64',
    'resources.neu',
    NOTICES_FILE,
  ]);
  mkdirSync(out, { recursive: true });
  for (const architecture of ARCHITECTURES.filter(({ suffix }) =>
    existsSync(join(from, `parley-linux_${suffix}`)),
  )) {
    const file = build(from, out, version, maintainer, architecture);
    log(`${file}: ${(statSync(file).size / 1024).toFixed(0)} KB`);
  }
});
