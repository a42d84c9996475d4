import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** What a run makes itself, and keeps for the next. */
const MADE = /^(node_modules|dist|data)(\/|$)/;

const isSame = (from: string, to: string): boolean =>
  existsSync(to) &&
  statSync(from).mode === statSync(to).mode &&
  statSync(from).size === statSync(to).size &&
  readFileSync(from).equals(readFileSync(to));

/** Makes the folder `target` hold the sources of this clone as they are now, committed or not, and nothing that was built from
 *  them elsewhere. Files that are the same are left alone, so that what was built from them there stays fresh. */
export const copySources = (clone: string, target: string): void => {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: clone,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const wanted = new Set(listed.split('\0').filter((file) => file !== '' && existsSync(join(clone, file))));
  mkdirSync(target, { recursive: true });
  for (const entry of readdirSync(target)) {
    if (MADE.test(entry)) continue;
    for (const file of filesIn(join(target, entry))) {
      if (!wanted.has(relative(target, file))) rmSync(file);
    }
  }
  for (const file of wanted) {
    const [from, to] = [join(clone, file), join(target, file)];
    if (isSame(from, to)) continue;
    mkdirSync(dirname(to), { recursive: true });
    cpSync(from, to, { force: true });
  }
};

const filesIn = (path: string): readonly string[] => {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
};
