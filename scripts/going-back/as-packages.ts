import { chownSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { check } from '../check.ts';
import { PackageRoot } from '../debian/package-root.ts';
import { checkRefusal, checkUnchanged } from './refusal.ts';
import { posted } from './requests.ts';

const DATA = 'var/lib/parley';
const NEWER_DATA = 'var/lib/parley-newer';
const BACKUP = '/root/backup.tar';

/** Debian packages, whose steps docs/upgrade.md lists. */
export const goBackAsPackages = async (
  folder: string,
  packages: { readonly older: string; readonly newer: string },
): Promise<void> => {
  const debian = await PackageRoot.make(join(folder, 'debian'), undefined);
  debian.install(packages.older);
  await debian.chooseFreePort();
  await served(debian, async (url) => {
    check('somebody registers with the older package', (await registered(debian, url, 'ada')) === 201);
    debian.inside('parley', 'backup', BACKUP);
    check('its backup is proven', debian.inside('parley', 'verify', BACKUP).includes('can be restored'));
  });
  debian.install(packages.newer);
  await served(debian, async (url) => {
    check('after the upgrade they log in', (await posted(url, '/auth/login', 'ada')).status === 200);
    check('somebody else registers', (await registered(debian, url, 'ben')) === 201);
  });

  debian.install(packages.older);
  checkUnchanged(debian.path(DATA), () => {
    checkRefusal(debian.triedUnit(), debian.tried('parley', 'status'));
  });
  const owner = statSync(debian.path(DATA));
  renameSync(debian.path(DATA), debian.path(NEWER_DATA));
  mkdirSync(debian.path(DATA), { mode: 0o700 });
  chownSync(debian.path(DATA), owner.uid, owner.gid);
  debian.inside('parley', 'restore', BACKUP, '--to', '/var/lib/parley');
  debian.inside('chown', '-R', 'parley:parley', '/var/lib/parley');
  await served(debian, async (url) => {
    check(
      'the older package goes on from its backup',
      (await posted(url, '/auth/login', 'ada')).status === 200,
    );
    check('without who came later', (await posted(url, '/auth/login', 'ben')).status === 401);
  });

  renameSync(debian.path(DATA), debian.path('var/lib/parley-older'));
  renameSync(debian.path(NEWER_DATA), debian.path(DATA));
  debian.install(packages.newer);
  await served(debian, async (url) => {
    check('the newer data are as they were', (await posted(url, '/auth/login', 'ben')).status === 200);
  });
};

const registered = async (debian: PackageRoot, url: string, username: string): Promise<number> => {
  const { code } = JSON.parse(debian.inside('parley', 'invite', 'create', '--json')) as { code: string };
  return (await posted(url, '/auth/register', username, { invite: code })).status;
};

const served = async (debian: PackageRoot, use: (url: string) => Promise<void>): Promise<void> => {
  const server = await debian.startUnit();
  try {
    check('the unit is ready', (await fetch(`${server.url}/readyz`)).status === 200);
    await use(server.url);
  } finally {
    check('it ends with exit code 0', (await server.stop()) === 0);
  }
};
