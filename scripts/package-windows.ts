import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { packageInputs } from './desktop/inputs.ts';
import { root } from './root.mjs';
import { ExpectedError, main } from './command.mjs';
import { log } from './log.mjs';
import { NOTICES_FILE } from './third-party-notices.ts';

const NEEDED = ['Parley.exe', 'resources.neu', 'parley.ico', 'LICENSE', NOTICES_FILE];

/** `npm run package:windows [-- --in dist/desktop/windows] [--out dist/packages]`: an installer, made by NSIS 3 on Windows, Linux
 *  or macOS. It holds everything but the WebView2 runtime, which is part of Windows 11 and of an updated Windows 10. */
await main(() => {
  const { from, out, version } = packageInputs('windows', NEEDED);
  mkdirSync(out, { recursive: true });
  const file = join(out, `Parley-${version}-setup.exe`);
  const script = join(root, 'deploy/desktop/parley.nsi');
  const defines = [`-DVERSION=${version}`, `-DINPUT=${from}`, `-DOUTPUT=${file}`];
  try {
    execFileSync('makensis', ['-V2', '-WX', '-INPUTCHARSET', 'UTF8', ...defines, script], {
      stdio: 'inherit',
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new ExpectedError(
      'The Windows installer is made by NSIS 3 (Debian: apt-get install nsis), which was not found.',
    );
  }
  log(`${file}: ${(statSync(file).size / 1024).toFixed(0)} KB`);
});
