import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { main } from './command.mjs';
import { readJson } from './json.ts';
import { log } from './log.mjs';
import { root } from './root.mjs';
import { choosePlatform } from './server-package/platform.ts';
import { makeTree } from './server-package/tree.ts';

/** `npm run package:server [-- OPTION …]`: makes `parley-server_VERSION_linux-x64.tar.gz`, which holds the server, the web client and
 *  the Node that runs this command. With SOURCE_DATE_EPOCH, the same sources and the same Node give the same bytes.
 *    --platform linux-arm64   fails where this machine is another one
 *    --out dist/packages      the folder of the archive
 *    --folder PATH            only the folder that would be packed
 *    --level 1                of gzip, to be faster
 *    --node-licence FILE      of Node, where it is not found beside it */
await main(() => {
  const { values } = parseArgs({
    options: {
      platform: { type: 'string' },
      out: { type: 'string', default: join(root, 'dist/packages') },
      folder: { type: 'string' },
      level: { type: 'string', default: '9' },
      'node-licence': { type: 'string' },
    },
  });
  const platform = choosePlatform(values.platform);
  process.umask(0o022);
  if (values.folder !== undefined) {
    const { folder, glibc } = makeTree(resolve(values.folder), values['node-licence']);
    log(`${folder}: runs with glibc ${glibc} or later`);
    return;
  }
  const { version } = readJson<{ readonly version: string }>(join(root, 'package.json'));
  const out = resolve(values.out);
  const name = `parley-server_${version}_${platform.name}`;
  mkdirSync(out, { recursive: true });
  const { folder, glibc } = makeTree(join(out, name), values['node-licence']);
  const file = `${folder}.tar.gz`;
  const compress = `gzip -n -${values.level}`;
  const time = process.env['SOURCE_DATE_EPOCH'] ?? String(Math.floor(Date.now() / 1000));
  execFileSync('tar', [
    ...['--sort=name', '--owner=0', '--group=0', '--numeric-owner', `--mtime=@${time}`],
    ...['--use-compress-program', compress, '-cf', file, '-C', out, basename(folder)],
  ]);
  rmSync(folder, { recursive: true });
  log(`${file}: ${(statSync(file).size / 1024 / 1024).toFixed(0)} MB, runs with glibc ${glibc} or later`);
});
