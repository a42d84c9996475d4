import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled, install } from './install.mjs';
import { root } from './prepare.mjs';
import { runStep } from './run-step.mjs';
import { main } from './say.mjs';

const CONFIGS = ['tsconfig.json', 'tsconfig.test.json', 'ui/tsconfig.json', 'tsconfig.ui.json'];

/** `npm run typecheck`: every part against its own configuration, nothing is written. */
await main(async () => {
  if (!isInstalled(root)) await install(root);
  for (const config of CONFIGS.filter((file) => existsSync(join(root, file)))) {
    // Notes of its own: those of the build say what was emitted.
    const notes = join('node_modules/.cache', `types-${config.replace('/', '-')}.tsbuildinfo`);
    await runStep(
      `Checking types of ${config}`,
      process.execPath,
      [
        'node_modules/typescript/bin/tsc',
        '-p',
        config,
        '--noEmit',
        '--incremental',
        '--tsBuildInfoFile',
        notes,
      ],
      root,
    );
  }
});
