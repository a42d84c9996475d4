import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import png2icons from 'png2icons';
import { NOTICES_FILE } from '../third-party-notices.ts';
import { PLATFORMS, shippedName, type System } from './platforms.ts';

const EXECUTABLE = 0o755;

const put = (from: string, to: string, mode = 0o644): void => {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, mode);
};
const write = (to: string, content: string | Buffer, mode = 0o644): void => {
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, content);
  chmodSync(to, mode);
};

/** Those of our binaries that `neu build` was given. */
const binariesIn = (built: string, system: System): readonly string[] =>
  PLATFORMS.filter((platform) => platform.system === system)
    .flatMap(({ binaries }) => binaries.map(shippedName))
    .filter((name) => existsSync(join(built, name)));

/** The licence and the notices of what the client holds, where a person looks for them. */
const putLicences = (root: string, folder: string): void => {
  put(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  put(join(root, 'dist/desktop-ui', NOTICES_FILE), join(folder, NOTICES_FILE));
};

/** What starts the program on Linux. `version`: the package's. */
export const putLauncher = (root: string, out: string, version: string): void => {
  const from = join(root, 'deploy/desktop');
  write(
    join(out, 'parley'),
    readFileSync(join(from, 'parley.sh'), 'utf8').replaceAll('@VERSION@', version),
    EXECUTABLE,
  );
  put(join(from, 'parley-window.bash'), join(out, 'parley-window'), EXECUTABLE);
  for (const tool of ['zenity', 'kdialog'])
    put(join(from, 'notify.sh'), join(out, 'tools', tool), EXECUTABLE);
};

const linux = (root: string, built: string, out: string, version: string): void => {
  putLauncher(root, out, version);
  put(join(root, 'deploy/desktop/parley.desktop'), join(out, 'parley.desktop'));
  put(join(root, 'ui/icons/icon-512.png'), join(out, 'parley.png'));
  put(join(built, 'resources.neu'), join(out, 'resources.neu'));
  putLicences(root, out);
  for (const name of binariesIn(built, 'linux')) put(join(built, name), join(out, name), EXECUTABLE);
};

/** The 512-pixel icon as `png2icons` turns it into a system's own format. */
const icon = (root: string, convert: (png: Buffer) => Buffer | null): Buffer => {
  const made = convert(readFileSync(join(root, 'ui/icons/icon-512.png')));
  if (made === null) throw new Error('ui/icons/icon-512.png can not be converted');
  return made;
};

const mac = (root: string, built: string, out: string, version: string): void => {
  const contents = join(out, 'Parley.app/Contents');
  const plist = readFileSync(join(root, 'deploy/desktop/Info.plist'), 'utf8');
  write(join(contents, 'Info.plist'), plist.replaceAll('@VERSION@', version));
  put(join(root, 'deploy/desktop/parley-mac.sh'), join(contents, 'MacOS/Parley'), EXECUTABLE);
  put(join(root, 'deploy/desktop/parley-window.bash'), join(contents, 'MacOS/parley-window'), EXECUTABLE);
  put(join(built, 'resources.neu'), join(contents, 'Resources/resources.neu'));
  putLicences(root, join(contents, 'Resources'));
  write(
    join(contents, 'Resources/parley.icns'),
    icon(root, (png) => png2icons.createICNS(png, png2icons.BICUBIC2, 0)),
  );
  for (const name of binariesIn(built, 'mac')) {
    put(join(built, name), join(contents, 'MacOS', name), EXECUTABLE);
  }
};

const windows = (root: string, built: string, out: string): void => {
  put(join(built, 'resources.neu'), join(out, 'resources.neu'));
  putLicences(root, out);
  write(
    join(out, 'parley.ico'),
    icon(root, (png) => png2icons.createICO(png, png2icons.BICUBIC2, 0, true)),
  );
  for (const name of binariesIn(built, 'windows')) put(join(built, name), join(out, 'Parley.exe'));
};

/** The folders that can be given away, one a system, made anew. A binary that is not there is simply not in its folder. */
export const writeFolders = (root: string, built: string, out: string, version: string): void => {
  rmSync(out, { recursive: true, force: true });
  linux(root, built, join(out, 'linux'), version);
  mac(root, built, join(out, 'mac'), version);
  windows(root, built, join(out, 'windows'));
};
