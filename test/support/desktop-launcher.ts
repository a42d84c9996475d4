import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inRepository } from './desktop-app.ts';

/** The launcher of Linux, as the folder that is given away holds it. */
export const putLauncher = (app: string): void => {
  mkdirSync(join(app, 'tools'), { recursive: true });
  for (const [from, to] of [
    ['parley.sh', 'parley'],
    ['parley-window.bash', 'parley-window'],
    ['notify.sh', 'tools/zenity'],
    ['notify.sh', 'tools/kdialog'],
  ] as const) {
    copyFileSync(inRepository('deploy/desktop', from), join(app, to));
    chmodSync(join(app, to), 0o755);
  }
};
