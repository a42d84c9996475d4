import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runStep } from '../run-step.mjs';
import { NotRun, reasonOf } from './not-run.ts';

/** A Debian of its own in a folder, made by debootstrap: the C library and the tools that the tests need, whatever this machine has. */
export interface Debian {
  /** "Debian 13". */
  readonly name: string;
  readonly suite: string;
  /** Installed in addition to the smallest system. */
  readonly packages: readonly string[];
}

const output = (command: string, ...args: readonly string[]): string =>
  execFileSync(command, args, { encoding: 'utf8' });

const isOnPath = (command: string): boolean => {
  try {
    output('/bin/sh', '-c', `command -v ${command}`);
    return true;
  } catch {
    return false;
  }
};

/** The mirror of Debian that this machine's apt uses. */
const mirrorOfApt = (): string | undefined => {
  if (!isOnPath('apt-get')) return undefined;
  const format = '$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)';
  const targets = output('apt-get', 'indextargets', '--format', format, 'Created-By: Packages').split('\n');
  // Debian's security archive has a label of its own, and no such suite.
  return targets.find((line) => line.startsWith('Debian|Debian|main|'))?.split('|')[3];
};

/** The proxy that apt is told to use, for debootstrap, which does not ask apt. */
const proxyOfApt = (): { http_proxy?: string } => {
  if (!isOnPath('apt-config')) return {};
  const [, proxy] = /^P='(.*)'$/m.exec(output('apt-config', 'shell', 'P', 'Acquire::http::Proxy')) ?? [];
  return proxy === undefined ? {} : { http_proxy: proxy };
};

/** Makes the root in `folder`, or finds it there from an earlier run.
 *  @throws NotRun when this machine can't make one */
export const makeDebianRoot = async (
  folder: string,
  { name, suite, packages }: Debian,
  mirrorGiven: string | undefined,
): Promise<void> => {
  if (process.platform !== 'linux') throw new NotRun(`a ${name} root needs Linux`);
  if (process.getuid?.() !== 0) throw new NotRun('debootstrap and chroot need root: start it with sudo');
  for (const command of ['debootstrap', 'unshare', 'chroot']) {
    if (!isOnPath(command)) {
      throw new NotRun(
        `${command} is not installed (Debian, Ubuntu: apt-get install debootstrap util-linux)`,
      );
    }
  }
  const ready = join(folder, '.parley-packages');
  const wanted = packages.join(' ');
  if (existsSync(ready) && readFileSync(ready, 'utf8') === wanted) return;
  const mirror = mirrorGiven ?? mirrorOfApt();
  if (mirror === undefined) {
    throw new NotRun(
      `apt's sources name no mirror of Debian: run apt-get update, or name one with --mirror URL`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  Object.assign(process.env, proxyOfApt());
  const inside = (...command: readonly string[]): readonly string[] => [
    folder,
    '/usr/bin/env',
    'DEBIAN_FRONTEND=noninteractive',
    ...command,
  ];
  try {
    const basic = ['--variant=minbase', suite, folder, mirror];
    await runStep(`Making a ${name} root (about 300 MB)`, 'debootstrap', basic, '/');
    copyNameService(folder);
    if (packages.length > 0) {
      await runStep(
        'Installing the tools of the tests in it',
        'chroot',
        inside('apt-get', 'install', '-y', '-q', '--no-install-recommends', ...packages),
        '/',
      );
    }
  } catch (error) {
    throw new NotRun(`the ${name} root could not be made (${reasonOf(error)})`);
  }
  writeFileSync(ready, wanted);
};

/** Names of hosts are looked up in there as they are out here. */
export const copyNameService = (folder: string): void => {
  for (const file of ['/etc/resolv.conf', '/etc/hosts']) {
    if (!existsSync(file)) continue;
    rmSync(join(folder, file), { force: true });
    copyFileSync(file, join(folder, file));
  }
};

/** What the root says of itself: "glibc 2.41". */
export const glibcOfRoot = (folder: string): string => {
  const [firstLine = ''] = output('chroot', folder, 'ldd', '--version').split('\n');
  const [glibc = '?'] = /\d+\.\d+$/.exec(firstLine) ?? [];
  return `glibc ${glibc}`;
};
