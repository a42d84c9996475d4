import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { packageInputs } from './desktop/inputs.ts';
import { main } from './command.mjs';
import { log } from './log.mjs';

const NEEDED = [
  'Contents/Info.plist',
  'Contents/MacOS/Parley',
  'Contents/MacOS/parley-window',
  'Contents/MacOS/parley-mac_universal',
];

/** `npm run package:mac [-- --in dist/desktop/mac] [--out dist/packages]`: `Parley.app`, signed where this runs on macOS (with
 *  the identity that `CODESIGN_IDENTITY` names, else for this machine only), in an archive. Notarising needs an account
 *  with Apple: `xcrun notarytool submit`, then `xcrun stapler staple`. */
await main(() => {
  const needed = [...NEEDED, 'Contents/Resources/resources.neu'].map((file) => join('Parley.app', file));
  const { from, out, version } = packageInputs('mac', needed);
  const app = join(out, 'Parley.app');
  mkdirSync(out, { recursive: true });
  rmSync(app, { recursive: true, force: true });
  cpSync(join(from, 'Parley.app'), app, { recursive: true });
  const onMac = process.platform === 'darwin';
  if (onMac) {
    const identity = env['CODESIGN_IDENTITY'] ?? '-';
    execFileSync('codesign', ['--force', '--deep', '--options', 'runtime', '--sign', identity, app], {
      stdio: 'inherit',
    });
  } else log('Not signed: only macOS can do that.');
  const file = join(out, `Parley-${version}-mac.${onMac ? 'zip' : 'tar.gz'}`);
  rmSync(file, { force: true });
  if (onMac) execFileSync('ditto', ['-c', '-k', '--keepParent', app, file]);
  else execFileSync('tar', ['--owner=0', '--group=0', '-czf', file, '-C', out, 'Parley.app']);
  log(`${file}: ${(statSync(file).size / 1024).toFixed(0)} KB`);
});
