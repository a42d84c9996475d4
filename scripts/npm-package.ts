import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ExpectedError } from './command.mjs';

/** Downloads a package of the npm registry, `name@exact version`, and unpacks it into the folder `into`, where npm puts everything
 *  below `package/`. No script of the package runs. `integrity` is what the archive must have; without one, it must have what
 *  the registry says.
 *  @throws ExpectedError when the archive is another one; an Error of npm when the registry can't be reached */
export const unpackPackage = (wanted: string, integrity: string | undefined, into: string): void => {
  const options = ['--json', '--ignore-scripts', '--pack-destination', into];
  const output = execFileSync('npm', ['pack', wanted, ...options], {
    cwd: into,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // npm 10 and 11 print a list, npm 12 an object by name.
  const [packed] = Object.values(
    JSON.parse(output) as Record<string, { readonly filename: string; readonly integrity: string }>,
  );
  if (packed === undefined) throw new ExpectedError(`npm packed nothing for ${wanted}`);
  const archive = join(into, packed.filename);
  const expected = integrity ?? packed.integrity;
  const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (found !== expected) throw new ExpectedError(`${wanted} is ${found}, and not ${expected}`);
  execFileSync('tar', ['xzf', archive, '--no-same-owner', '-C', into]);
  rmSync(archive);
};
