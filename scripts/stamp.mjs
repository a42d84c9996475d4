import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const filesUnder = (root, path) => {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [full];
  return readdirSync(full, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
};

const digest = (parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
};

const looks = (root, files) =>
  digest(
    files.map((file) => {
      const { size, mtimeMs } = statSync(file);
      return `${relative(root, file)}:${size}:${mtimeMs}`;
    }),
  );
const contents = (root, files) => digest(files.flatMap((file) => [relative(root, file), readFileSync(file)]));

const read = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null; // No stamp, or half a one: the part counts as stale, which is always safe.
  }
};

/** What a part was built from. `isFresh` looks at names, sizes and times first (milliseconds), and reads contents only
 *  when these differ, so that a checkout which touches files without changing them builds nothing. */
export const stampOf = (root, part) => {
  const path = join(root, 'dist', `.stamp-${part.name}.json`);
  return {
    isFresh() {
      const stamp = read(path);
      if (stamp === null || !part.outputs.every((output) => existsSync(join(root, output)))) return false;
      const files = part.inputs.flatMap((input) => filesUnder(root, input));
      const look = looks(root, files);
      if (look === stamp.look) return true;
      if (contents(root, files) !== stamp.contents) return false;
      writeFileSync(path, JSON.stringify({ ...stamp, look }));
      return true;
    },
    /** Before a build: a build that breaks off leaves no stamp. Returns the writer to call when it succeeded; it records
     *  what the files were before, so an edit during the build is built next time. */
    begin() {
      rmSync(path, { force: true });
      const files = part.inputs.flatMap((input) => filesUnder(root, input));
      const stamp = { look: looks(root, files), contents: contents(root, files) };
      return () => {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, JSON.stringify(stamp));
      };
    },
  };
};
