import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import png2icons from 'png2icons';
import { NOTICES_FILE } from '../third-party-notices.mjs';
import { PLATFORMS } from './platforms.mjs';

const executable = 0o755;

const put = (from, to, mode = 0o644) => {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, mode);
};
const write = (to, content, mode = 0o644) => {
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, content);
  chmodSync(to, mode);
};
/** Those of our binaries that `neu build` was given. */
const ours = (built, system) =>
  PLATFORMS.find((platform) => platform.system === system)
    .binaries.map((name) => name.replace('neutralino', 'parley'))
    .filter((name) => existsSync(join(built, name)));

/** The licence and the notices of what the client holds, where a person looks for them. */
const putLicences = (root, folder) => {
  put(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  put(join(root, 'dist/desktop-ui', NOTICES_FILE), join(folder, NOTICES_FILE));
};

/** What starts the program on Linux; the version it names is the package's. */
export const putLauncher = (root, out, version) => {
  const from = join(root, 'deploy/desktop');
  write(
    join(out, 'parley'),
    readFileSync(join(from, 'parley.sh'), 'utf8').replaceAll('@VERSION@', version),
    executable,
  );
  put(join(from, 'parley-window.bash'), join(out, 'parley-window'), executable);
  for (const tool of ['zenity', 'kdialog'])
    put(join(from, 'notify.sh'), join(out, 'tools', tool), executable);
};

const linux = (root, built, out, version) => {
  putLauncher(root, out, version);
  put(join(root, 'deploy/desktop/parley.desktop'), join(out, 'parley.desktop'));
  put(join(root, 'ui/icons/icon-512.png'), join(out, 'parley.png'));
  put(join(built, 'resources.neu'), join(out, 'resources.neu'));
  putLicences(root, out);
  for (const name of ours(built, 'linux')) put(join(built, name), join(out, name), executable);
};

const mac = (root, built, out, version) => {
  const contents = join(out, 'Parley.app/Contents');
  const plist = readFileSync(join(root, 'deploy/desktop/Info.plist'), 'utf8');
  write(join(contents, 'Info.plist'), plist.replaceAll('@VERSION@', version));
  put(join(root, 'deploy/desktop/parley-mac.sh'), join(contents, 'MacOS/Parley'), executable);
  put(join(root, 'deploy/desktop/parley-window.bash'), join(contents, 'MacOS/parley-window'), executable);
  put(join(built, 'resources.neu'), join(contents, 'Resources/resources.neu'));
  putLicences(root, join(contents, 'Resources'));
  const png = readFileSync(join(root, 'ui/icons/icon-512.png'));
  write(join(contents, 'Resources/parley.icns'), png2icons.createICNS(png, png2icons.BICUBIC2, 0));
  for (const name of ours(built, 'mac')) put(join(built, name), join(contents, 'MacOS', name), executable);
};

const windows = (root, built, out) => {
  put(join(built, 'resources.neu'), join(out, 'resources.neu'));
  putLicences(root, out);
  const png = readFileSync(join(root, 'ui/icons/icon-512.png'));
  write(join(out, 'parley.ico'), png2icons.createICO(png, png2icons.BICUBIC2, 0, true));
  for (const name of ours(built, 'windows')) put(join(built, name), join(out, 'Parley.exe'));
};

/** The folders that can be given away, one a system, made anew. A binary that is not there is simply not in its folder. */
export const writeFolders = (root, built, out, version) => {
  rmSync(out, { recursive: true, force: true });
  linux(root, built, join(out, 'linux'), version);
  mac(root, built, join(out, 'mac'), version);
  windows(root, built, join(out, 'windows'));
};
