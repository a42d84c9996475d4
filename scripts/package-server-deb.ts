import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process, { env } from 'node:process';
import { parseArgs } from 'node:util';
import { main } from './command.mjs';
import { log } from './log.mjs';
import { root } from './root.mjs';
import { makeDebianPackage } from './server-package/debian-package.ts';
import { choosePlatform } from './server-package/platform.ts';
import { makeTree } from './server-package/tree.ts';

/** `npm run package:server-deb [-- OPTION …]`: makes `parley-server_VERSION_amd64.deb`, of what `npm run package:server` packs, with a
 *  unit for systemd. Needs `dpkg-deb` and `dpkg-shlibdeps`. `DEB_MAINTAINER` names who answers for the package.
 *    --platform linux-arm64   fails where this machine is another one
 *    --out dist/packages      the folder of the package
 *    --compression gzip       to be faster
 *    --node-licence FILE      of Node, where it is not found beside it */
await main(() => {
  const { values } = parseArgs({
    options: {
      platform: { type: 'string' },
      out: { type: 'string', default: join(root, 'dist/packages') },
      compression: { type: 'string', default: 'xz' },
      'node-licence': { type: 'string' },
    },
  });
  const platform = choosePlatform(values.platform);
  process.umask(0o022);
  const out = resolve(values.out);
  mkdirSync(out, { recursive: true });
  const file = makeDebianPackage(makeTree(join(out, '.parley-server'), values['node-licence']), {
    platform,
    maintainer: env['DEB_MAINTAINER'] ?? 'The Parley maintainers <maintainers@parley.invalid>',
    compression: values.compression,
    time: env['SOURCE_DATE_EPOCH'] ?? String(Math.floor(Date.now() / 1000)),
  });
  log(`${file}: ${(statSync(file).size / 1024 / 1024).toFixed(0)} MB`);
});
